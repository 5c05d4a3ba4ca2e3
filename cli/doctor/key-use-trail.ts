import * as v from 'valibot';
import { plainLine } from '../command-line/text-layout.ts';
import { callAwsJson } from '../deployment/aws-json-call.ts';
import type { DeployedStack } from '../deployment/deployed-stack.ts';
import { type Check, type Finding, mergeFindings } from './check.ts';

const SEE = 'docs/operations.md#alarm-key-used-by-others';

/** Calls of a service that the alarm hears of by a trail. */
type Need = {
  readonly service: string;
  readonly source: string;
  /** Whether it also needs calls that only read, as which CloudTrail counts Decrypt. */
  readonly reads: boolean;
  readonly calls: string;
  readonly harm: string;
};
const NEEDS: readonly Need[] = [
  {
    service: 'KMS',
    source: 'kms.amazonaws.com',
    reads: true,
    calls: 'the calls of KMS',
    harm: "the alarm key-used-by-others can't go off",
  },
  {
    service: 'DynamoDB',
    source: 'dynamodb.amazonaws.com',
    reads: false,
    calls: 'changes in DynamoDB',
    harm: 'the alarm key-used-by-others does not hear of a changed policy of the table Directory',
  },
];

const trails = v.object({
  trailList: v.array(v.object({ Name: v.string(), TrailARN: v.string(), HomeRegion: v.string() })),
});
type Trail = v.InferOutput<typeof trails>['trailList'][number];
const status = v.object({ IsLogging: v.boolean() });
const values = v.optional(v.array(v.string()), []);
const selectors = v.object({
  EventSelectors: v.optional(
    v.array(
      v.object({
        ReadWriteType: v.optional(v.string(), 'All'),
        IncludeManagementEvents: v.optional(v.boolean(), true),
        ExcludeManagementEventSources: values,
      }),
    ),
    [],
  ),
  AdvancedEventSelectors: v.optional(
    v.array(v.object({ FieldSelectors: v.array(v.object({ Field: v.string(), Equals: values, NotEquals: values })) })),
    [],
  ),
});
type Selectors = v.InferOutput<typeof selectors>;
/** Which calls of a service a selector records. Decrypt is a read, PutKeyPolicy is a write. */
type Recorded = { readonly reads: boolean; readonly writes: boolean };
/** A trail, with what it records, or with why it records nothing. */
type ReadTrail = { readonly name: string; readonly selectors: Selectors | string };

/**
 * Checks that trails record the calls of KMS in the region, and changes in DynamoDB. Without them the alarm on uses of
 * the key is deaf.
 */
export const keyUseTrail: Check = {
  name: 'CloudTrail',
  of: 'stack',
  async run(stack): Promise<Finding> {
    const { trailList } = v.parse(trails, await cloudTrail(stack, 'DescribeTrails', {}));
    const read = await Promise.all(trailList.map((trail) => readTrail(stack, trail)));
    const whole = read.find(({ selectors: one }) => NEEDS.every((need) => lackOf(one, need) === undefined));
    if (whole) {
      const calls = NEEDS.map((need) => need.calls).join(' and ');
      return { state: 'good', says: `The trail ${whole.name} records ${calls}.` };
    }
    return mergeFindings(NEEDS.map((need) => findingAbout(need, read, stack)));
  },
};

function findingAbout(need: Need, read: readonly ReadTrail[], { region }: DeployedStack): Finding {
  const judged = read.map(({ name, selectors: one }) => ({ name, lack: lackOf(one, need) }));
  const good = judged.find(({ lack }) => lack === undefined);
  if (good) return { state: 'good', says: `The trail ${good.name} records ${need.calls}.` };
  const lacks = judged.map(({ name, lack }) => `${name} ${lack}`).join('; ');
  return {
    state: 'warning',
    says: `No trail records ${need.calls} in ${region}${lacks ? ` (${lacks})` : ''}: ${need.harm}.`,
    todo: 'Make a trail that records management events, reads and writes, and does not exclude those of KMS or DynamoDB.',
    see: SEE,
  };
}

/** Says why a trail does not record what is needed. Returns undefined if it does. */
function lackOf(read: Selectors | string, { service, source, reads: needsReads }: Need): string | undefined {
  if (typeof read === 'string') return read;
  const { reads, writes } = recordedBy(read, source);
  if (writes && (reads || !needsReads)) return undefined;
  if (!reads && !writes) return `records no events of ${service}`;
  return reads ? 'records reads only' : 'records writes only';
}

async function readTrail(
  stack: DeployedStack,
  { Name: name, TrailARN, HomeRegion: region }: Trail,
): Promise<ReadTrail> {
  try {
    const { IsLogging } = v.parse(status, await cloudTrail({ ...stack, region }, 'GetTrailStatus', { Name: TrailARN }));
    if (!IsLogging) return { name, selectors: 'is switched off' };
    const answer = await cloudTrail({ ...stack, region }, 'GetEventSelectors', { TrailName: TrailARN });
    return { name, selectors: v.parse(selectors, answer) };
  } catch (error) {
    // The trail of an organisation may be closed to its accounts.
    const reason = plainLine(error instanceof Error ? error.message : error).replace(/\.$/, '');
    return { name, selectors: `can't be read: ${reason}` };
  }
}

function recordedBy({ EventSelectors, AdvancedEventSelectors }: Selectors, source: string): Recorded {
  const all = [
    ...EventSelectors.map((one) => recordedByBasic(one, source)),
    ...AdvancedEventSelectors.map((one) => recordedByAdvanced(one, source)),
  ];
  return { reads: all.some(({ reads }) => reads), writes: all.some(({ writes }) => writes) };
}

function recordedByBasic(selector: Selectors['EventSelectors'][number], source: string): Recorded {
  const { ReadWriteType, IncludeManagementEvents, ExcludeManagementEventSources } = selector;
  const isMeant = IncludeManagementEvents && !ExcludeManagementEventSources.includes(source);
  return { reads: isMeant && ReadWriteType !== 'WriteOnly', writes: isMeant && ReadWriteType !== 'ReadOnly' };
}

function recordedByAdvanced({ FieldSelectors }: Selectors['AdvancedEventSelectors'][number], source: string): Recorded {
  const allows = (field: string, value: string) =>
    FieldSelectors.filter(({ Field }) => Field === field).every(
      ({ Equals, NotEquals }) => (Equals.length === 0 || Equals.includes(value)) && !NotEquals.includes(value),
    );
  const isMeant = allows('eventCategory', 'Management') && allows('eventSource', source);
  return { reads: isMeant && allows('readOnly', 'true'), writes: isMeant && allows('readOnly', 'false') };
}

function cloudTrail({ aws, region }: Pick<DeployedStack, 'aws' | 'region'>, action: string, input: object) {
  const target = `com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.${action}`;
  return callAwsJson(aws, { service: 'cloudtrail', target, region }, input);
}
