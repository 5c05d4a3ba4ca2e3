// The checks of one synthesis, in one file of tests: loading CDK and synthesizing takes far longer than all of them.
import './functions/functions.checks.ts';
import './api/api.checks.ts';
import './data/data.checks.ts';
import './data/backup-copies.checks.ts';
import './push/push.checks.ts';
import './keys/keys.checks.ts';
import './keys/key-policies.checks.ts';
import './keys/key-use-watch.checks.ts';
import './notifications/notifications.checks.ts';
import './observability/operations.checks.ts';
import './observability/audit-alarms.checks.ts';
import './observability/dashboards.checks.ts';
import './outputs.checks.ts';
import './observability/synthetic-login.checks.ts';
import './tags.checks.ts';
import './policies.checks.ts';
import './authorization.checks.ts';
