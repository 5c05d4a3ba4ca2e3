import { readFileSync } from 'node:fs';
import { OPENAPI_FILE, routes } from './document.ts';
import { TrafficJudge } from './judged-traffic.ts';
import { OPERATIONS, type RouteKey } from './operations.ts';
import { recordedIn } from './traffic.ts';
import { ApiValidator } from './validation.ts';

// node check-traffic.ts FOLDER [--whole]: holds what a run of the tests recorded to docs/openapi.json. With --whole each
// route has to be among it. npm test runs it after the tests.

const MOST_LINES = 40;
const [folder = '', option] = process.argv.slice(2);
const document = JSON.parse(readFileSync(new URL(`../../../${OPENAPI_FILE}`, import.meta.url), 'utf8'));
const judge = new TrafficJudge(new ApiValidator(document));
for (const call of recordedIn(folder)) judge.judge(call);
const { calls, routes: called, refusals, shapes, refused, wrong } = judge.verdict;
/** Whether a test called the route with success, or, where there is none, at all. */
const isCalled = (route: RouteKey) =>
  OPERATIONS[route].answers.length > 0
    ? called.has(route)
    : [...refusals].some((refusal) => refusal.startsWith(`${route} `));
const missing = option === '--whole' ? routes().filter(([, route]) => !isCalled(route)) : [];
console.log(
  `${calls} calls of ${called.size} routes are as ${OPENAPI_FILE} says; ${refused} changes of ${shapes} bodies are not`,
);
for (const line of wrong.slice(0, MOST_LINES)) console.error(`✗ ${line}`);
if (wrong.length > MOST_LINES) console.error(`✗ and ${wrong.length - MOST_LINES} more`);
for (const [, route] of missing) console.error(`✗ ${route}: no test called it with success`);
process.exitCode = wrong.length + missing.length === 0 ? 0 : 1;
