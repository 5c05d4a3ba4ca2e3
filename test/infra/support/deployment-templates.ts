import { Synthesized, settingsOf, type Value } from './synthesized.ts';

/** The production setting, moved to the account and the region that the stand-ins play. */
export const here = JSON.parse(
  JSON.stringify(settingsOf.production())
    .replaceAll('111122223333', '000000000000')
    .replaceAll('eu-west-1', 'eu-central-1'),
) as ReturnType<typeof settingsOf.production>;
/** Applications stay when their resource goes. */
export const keeping = new Synthesized(here);
/** They go with it. */
export const removing = new Synthesized({ ...here, removeApplications: true });
const SIGNING_KEYS = 'arn:aws:lambda:eu-central-1:000000000000:function:signing-keys:live';
/** What CloudFormation puts in the place of an intrinsic function, on this machine. */
const RESOLVED: readonly [RegExp, string][] = [
  [/DirectoryTable\w*Arn"/, 'arn:aws:dynamodb:eu-central-1:000000000000:table/Directory'],
  [/DirectoryTable\w*Ref"/, 'Directory'],
  [/EndpointEventsTopic/, 'arn:aws:sns:eu-central-1:000000000000:events'],
  [new RegExp(`"Ref":"${keeping.idOf(keeping.alias('signing-keys'))}"`), SIGNING_KEYS],
  [/CurrentVersion\w*","Version"/, '1'],
  [/\["\w*Function\w*","Arn"\]/, 'arn:of-the-function-itself'],
];

/** A value of the template as a function gets it. Throws on what it does not know. */
export function resolved(value: Value): Value {
  if (typeof value !== 'object') return String(value);
  if (value['Fn::Join']) return value['Fn::Join'][1].map(resolved).join(value['Fn::Join'][0]);
  const entries = Object.entries(value as Record<string, Value>);
  if (!entries.some(([key]) => /^(Ref$|Fn::)/.test(key)))
    return Object.fromEntries(entries.map(([key, one]) => [key, resolved(one)]));
  const text = JSON.stringify(value);
  const rule = RESOLVED.find(([pattern]) => pattern.test(text));
  if (!rule) throw new Error(`no rule for ${text}`);
  return rule[1];
}
/** The environment of a function as it is deployed. */
export function variablesOf(name: string): Record<string, string> {
  return resolved(keeping.function(name).Properties.Environment.Variables);
}

/** The platform application as the phones' function is told it. */
export function applicationArn(platform: string): string {
  return resolved(keeping.function('device').Properties.Environment.Variables[`${platform}_APPLICATION_ARN`]);
}

/** What CloudFormation hands to the resource of a platform application. */
export function applicationProperties(template: Synthesized, platform: string): Value {
  return template.all('Custom::SnsPlatformApplication').find(({ Properties }) => Properties.platform === platform)
    ?.Properties;
}

/** Grants that no bundle uses, each with its reason. */
export const EXCEPTIONS: readonly { matches: RegExp; reason: string }[] = [
  { matches: /"logs:/, reason: 'Lambda itself writes the log, in the name of the role' },
  { matches: /"sqs:SendMessage".*DeadLetters/, reason: 'Lambda itself sends a failed event there, in the same name' },
  {
    matches: /"sns:.*:endpoint\//,
    reason: 'SNS checks the application; the endpoints are allowed as well because AWS does not document it',
  },
];
