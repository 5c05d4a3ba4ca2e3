// The checks of one synthesis, in one file of tests: loading CDK and synthesizing takes far longer than all of them.
import './functions.checks.ts';
import './api.checks.ts';
import './data.checks.ts';
import './push.checks.ts';
import './notifications.checks.ts';
import './operations.checks.ts';
import './dashboards.checks.ts';
import './outputs.checks.ts';
import './synthetic-login.checks.ts';
import './policies.checks.ts';
