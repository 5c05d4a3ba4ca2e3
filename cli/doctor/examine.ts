import { Refused, WrongUsage } from '../command-line/failure.ts';
import { plainLine } from '../command-line/text-layout.ts';
import { AdminApi } from '../deployment/admin-api.ts';
import { type DeployedStack, outputOf, readStack } from '../deployment/deployed-stack.ts';
import { type Deployment, readDeployment } from '../deployment/deployment.ts';
import { acmCertificate } from './acm-certificate.ts';
import { adminAccess } from './admin-access.ts';
import { alarmRecipients } from './alarm-recipients.ts';
import { alarms } from './alarms.ts';
import { alarmsNow } from './alarms-now.ts';
import { challenge } from './challenge.ts';
import type { Check, Finding, Provider } from './check.ts';
import { deadLetters } from './dead-letters.ts';
import { discovery } from './discovery.ts';
import { keyRotation } from './key-rotation.ts';
import { login } from './login.ts';
import { pings } from './pings.ts';
import { pushPlatforms } from './push-platforms.ts';
import { signingKeys } from './signing-keys.ts';
import { readAlarms, type StackAlarms } from './stack-alarms.ts';
import { stackState } from './stack-state.ts';
import { tlsCertificate } from './tls-certificate.ts';

/** All checks, in the order in which they are told. */
const CHECKS: readonly Check[] = [
  stackState,
  discovery,
  tlsCertificate,
  acmCertificate,
  signingKeys,
  keyRotation,
  challenge,
  adminAccess,
  pushPlatforms,
  pings,
  deadLetters,
  alarms,
  alarmRecipients,
  alarmsNow,
  login,
];

/** What a check found, under its name. */
export type NamedFinding = { readonly name: string } & Finding;
/** Everything found about a deployment. */
export type Examination = {
  readonly url: string | undefined;
  readonly stack: DeployedStack | undefined;
  readonly findings: readonly NamedFinding[];
};
/** A stack with its alarms, which are read once for all checks of them. */
type ReadStack = { readonly stack: DeployedStack; readonly alarms: Promise<StackAlarms> };
/** Something to check, or the finding to tell instead. */
type Subjects = {
  readonly provider: Provider | Finding;
  readonly stack: DeployedStack | Finding;
};

/** Runs every check. None can break another, and none throws. */
export async function examine(deployment: Deployment, stackName: string | undefined): Promise<Examination> {
  const { provider, stack } = await findSubjects(deployment, stackName);
  const read = isFinding(stack) ? stack : { stack, alarms: readAlarms(stack) };
  const findings = await Promise.all(
    CHECKS.map(async (check) => ({ name: check.name, ...(await run(check, provider, read)) })),
  );
  return {
    url: isFinding(provider) ? undefined : provider.deployment.origin,
    stack: isFinding(stack) ? undefined : stack,
    findings,
  };
}

async function findSubjects(deployment: Deployment, stackName: string | undefined): Promise<Subjects> {
  if (stackName === undefined) {
    const says = deployment.isLocal
      ? 'Not applicable to the local runtime.'
      : 'Not checked: it takes the stack. Give --stack.';
    const api = new AdminApi(deployment);
    return { provider: { deployment, api, stack: undefined }, stack: { state: 'skipped', says } };
  }
  const stack = await readStack(stackName, deployment).catch(unreadable);
  if (isFinding(stack)) return { provider: { ...stack, ...NOT_READ }, stack };
  const issuer = outputOf(stack, 'Issuer');
  if (deployment.urlFrom !== '--url' && issuer === undefined) {
    const says = `${stack.name} has no output Issuer: it is not the stack of a provider, or not complete.`;
    return { provider: { state: 'broken', says, see: 'docs/operations.md#deploy-and-upgrade' }, stack };
  }
  const { profile, origin } = deployment;
  // CIBA_URL is what commands without --stack go to; the stack that was named tells its own.
  const url = deployment.urlFrom === '--url' ? origin : (issuer ?? origin);
  const reached = readDeployment({ url, region: stack.region, profile }, {});
  return { provider: { deployment: reached, api: new AdminApi(reached), stack }, stack };
}

const NOT_READ: Finding = { state: 'skipped', says: 'Not checked: the stack could not be read.' };

function unreadable(error: unknown): Finding {
  if (error instanceof WrongUsage) throw error;
  if (error instanceof Refused && error.code === 'not_found') {
    const todo = 'Is it its name, and its region? npx cdk list tells the names; --region the region.';
    return { state: 'broken', says: error.message, todo, see: 'docs/operations.md#deploy-and-upgrade' };
  }
  return notChecked(error);
}

async function run(check: Check, provider: Provider | Finding, read: ReadStack | Finding): Promise<Finding> {
  try {
    if (check.of === 'provider') return isFinding(provider) ? provider : await check.run(provider);
    if (isFinding(read)) return check === stackState || read.state === 'skipped' ? read : NOT_READ;
    return check.of === 'stack' ? await check.run(read.stack) : await check.run(await read.alarms, read.stack);
  } catch (error) {
    return notChecked(error);
  }
}

/** Whoever may not look can't know: neither good nor broken. */
function notChecked(error: unknown): Finding {
  const reason = plainLine(error instanceof Error ? error.message : error);
  const isDenied = /not authorized|AccessDenied/i.test(`${reason} ${error instanceof Error ? error.name : ''}`);
  const says = `Could not be checked: ${reason.replace(/\.$/, '')}.`;
  return {
    state: 'unknown',
    says,
    ...(isDenied && { todo: 'Your AWS identity needs this permission; ciba doctor --help lists all.' }),
  };
}

function isFinding(subject: Provider | DeployedStack | ReadStack | Finding): subject is Finding {
  return 'state' in subject;
}
