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
import { auditCopy } from './audit-copy.ts';
import { auditSubscriptions } from './audit-subscriptions.ts';
import { backups } from './backups.ts';
import { challenge } from './challenge.ts';
import type { Check, Finding, Provider } from './check.ts';
import { clientSecrets } from './client-secrets.ts';
import { clock } from './clock.ts';
import { concurrency } from './concurrency.ts';
import { deadLetters } from './dead-letters.ts';
import { discovery } from './discovery.ts';
import { events } from './events.ts';
import { functionVersions } from './function-versions.ts';
import { keyPolicies } from './key-policies.ts';
import { keyRotation } from './key-rotation.ts';
import { keyUseTrail } from './key-use-trail.ts';
import { login } from './login.ts';
import { pings } from './pings.ts';
import { pushPlatforms } from './push-platforms.ts';
import { pushRights } from './push-rights.ts';
import { shield } from './shield.ts';
import { signingKeys } from './signing-keys.ts';
import { readAlarms, type StackAlarms } from './stack-alarms.ts';
import { stackState } from './stack-state.ts';
import { tlsCertificate } from './tls-certificate.ts';
import { version } from './version.ts';

/** All checks of `ciba doctor`, in the order of the report. */
const DOCTORS_CHECKS: readonly Check[] = [
  stackState,
  version,
  functionVersions,
  discovery,
  clock,
  tlsCertificate,
  acmCertificate,
  shield,
  signingKeys,
  keyRotation,
  keyPolicies,
  keyUseTrail,
  challenge,
  adminAccess,
  clientSecrets,
  pushPlatforms,
  pushRights,
  pings,
  events,
  deadLetters,
  auditSubscriptions,
  auditCopy,
  backups,
  alarms,
  alarmRecipients,
  alarmsNow,
  concurrency,
  login,
];

/** What a check found, with the name of the check. */
export type NamedFinding = { readonly name: string } & Finding;
/** Everything found about a deployment. */
export type Examination = {
  readonly url: string | undefined;
  readonly stack: DeployedStack | undefined;
  readonly findings: readonly NamedFinding[];
};
/** A stack with its alarms, which are read once for all checks. */
type ReadStack = { readonly stack: DeployedStack; readonly alarms: Promise<StackAlarms> };
/** The provider and the stack to check, or the finding to report instead. */
type Subjects = {
  readonly provider: Provider | Finding;
  readonly stack: DeployedStack | Finding;
};

/** Runs all checks. A check that throws becomes a finding and does not affect the others. */
export async function examine(
  deployment: Deployment,
  stackName: string | undefined,
  checks = DOCTORS_CHECKS,
): Promise<Examination> {
  const { provider, stack } = await findSubjects(deployment, stackName);
  const read = isFinding(stack) ? stack : { stack, alarms: readAlarms(stack) };
  const findings = await Promise.all(
    checks.map(async (check, index) => ({
      name: check.name,
      ...(await run(check, { provider, read, isFirst: index === 0 })),
    })),
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
      : 'Not checked: give --stack to check this.';
    const api = new AdminApi(deployment);
    return { provider: { deployment, api, stack: undefined }, stack: { state: 'skipped', says } };
  }
  const stack = await readStack(stackName, deployment).catch(unreadable);
  if (isFinding(stack)) return { provider: { ...stack, ...NOT_READ }, stack };
  const issuer = outputOf(stack, 'Issuer');
  if (deployment.urlFrom !== '--url' && issuer === undefined) {
    const says = `${stack.name} has no output Issuer: it is not the stack of a provider, or its deployment is not complete.`;
    return { provider: { state: 'broken', says, see: 'docs/operations.md#deploy-and-upgrade' }, stack };
  }
  const { profile, origin } = deployment;
  // CIBA_URL is for commands without --stack. With --stack, the issuer of the stack is the URL, unless --url names one.
  const url = deployment.urlFrom === '--url' ? origin : (issuer ?? origin);
  const reached = readDeployment({ url, region: stack.region, profile }, {});
  return { provider: { deployment: reached, api: new AdminApi(reached), stack }, stack };
}

const NOT_READ: Finding = { state: 'skipped', says: 'Not checked: the stack could not be read.' };

function unreadable(error: unknown): Finding {
  if (error instanceof WrongUsage) throw error;
  if (error instanceof Refused && error.code === 'not_found') {
    return { state: 'broken', says: error.message, todo: error.next, see: 'docs/operations.md#deploy-and-upgrade' };
  }
  return notChecked(error);
}

/** What a check may look at. If the stack could not be read, the first check says why. */
type Readable = {
  readonly provider: Provider | Finding;
  readonly read: ReadStack | Finding;
  readonly isFirst: boolean;
};

async function run(check: Check, { provider, read, isFirst }: Readable): Promise<Finding> {
  try {
    if (check.of === 'provider') return isFinding(provider) ? provider : await check.run(provider);
    if (isFinding(read)) return isFirst || read.state === 'skipped' ? read : NOT_READ;
    return check.of === 'stack' ? await check.run(read.stack) : await check.run(await read.alarms, read.stack);
  } catch (error) {
    return notChecked(error);
  }
}

/** Makes the finding for a check that failed to run, for example because a permission is missing. */
function notChecked(error: unknown): Finding {
  const reason = plainLine(error instanceof Error ? error.message : error);
  const isDenied = /not authorized|AccessDenied/i.test(`${reason} ${error instanceof Error ? error.name : ''}`);
  const says = `Could not be checked: ${reason.replace(/\.$/, '')}.`;
  return {
    state: 'unknown',
    says,
    ...(error instanceof Refused && { todo: error.next }),
    ...(isDenied && { todo: 'Your AWS identity needs this permission. ciba doctor --help lists all permissions.' }),
  };
}

function isFinding(subject: Provider | DeployedStack | ReadStack | Finding): subject is Finding {
  return 'state' in subject;
}
