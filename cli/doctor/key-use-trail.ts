import * as v from 'valibot';
import { plainLine } from '../command-line/text-layout.ts';
import { callAwsJson } from '../deployment/aws-json-call.ts';
import type { DeployedStack } from '../deployment/deployed-stack.ts';
import type { Check, Finding } from './check.ts';

const SEE = 'docs/operations.md#alarm-key-used-by-others';
const KMS = 'kms.amazonaws.com';

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
/** Which calls of KMS a selector records. Decrypt is a read, PutKeyPolicy is a write. */
type Recorded = { readonly reads: boolean; readonly writes: boolean };

/** Checks that a trail records the calls of KMS in the region. Without one the alarm on uses of the key is deaf. */
export const keyUseTrail: Check = {
  name: 'KMS trail',
  of: 'stack',
  async run(stack): Promise<Finding> {
    const { trailList } = v.parse(trails, await cloudTrail(stack, 'DescribeTrails', {}));
    const judged = await Promise.all(trailList.map(async (trail) => ({ trail, lack: await lackOf(stack, trail) })));
    const good = judged.find(({ lack }) => lack === undefined);
    if (good) return { state: 'good', says: `The trail ${good.trail.Name} records the calls of KMS.` };
    const lacks = judged.map(({ trail, lack }) => `${trail.Name} ${lack}`).join('; ');
    return {
      state: 'warning',
      says: `No trail records the calls of KMS in ${stack.region}${lacks ? ` (${lacks})` : ''}: the alarm key-used-by-others can't go off.`,
      todo: 'Make a trail that records management events, reads and writes, and does not exclude those of KMS.',
      see: SEE,
    };
  },
};

/** Says why a trail does not record the calls of KMS. Returns undefined if it does. */
async function lackOf(stack: DeployedStack, trail: Trail): Promise<string | undefined> {
  const { TrailARN, HomeRegion: region } = trail;
  try {
    const { IsLogging } = v.parse(status, await cloudTrail({ ...stack, region }, 'GetTrailStatus', { Name: TrailARN }));
    if (!IsLogging) return 'is switched off';
    const answer = await cloudTrail({ ...stack, region }, 'GetEventSelectors', { TrailName: TrailARN });
    const { reads, writes } = recordedBy(v.parse(selectors, answer));
    if (reads && writes) return undefined;
    if (!reads && !writes) return 'records no events of KMS';
    return reads ? 'records reads only' : 'records writes only';
  } catch (error) {
    // The trail of an organisation may be closed to its accounts.
    return `can't be read: ${plainLine(error instanceof Error ? error.message : error).replace(/\.$/, '')}`;
  }
}

function recordedBy({ EventSelectors, AdvancedEventSelectors }: Selectors): Recorded {
  const all = [...EventSelectors.map(recordedByBasic), ...AdvancedEventSelectors.map(recordedByAdvanced)];
  return { reads: all.some(({ reads }) => reads), writes: all.some(({ writes }) => writes) };
}

function recordedByBasic(selector: Selectors['EventSelectors'][number]): Recorded {
  const { ReadWriteType, IncludeManagementEvents, ExcludeManagementEventSources } = selector;
  const isMeant = IncludeManagementEvents && !ExcludeManagementEventSources.includes(KMS);
  return { reads: isMeant && ReadWriteType !== 'WriteOnly', writes: isMeant && ReadWriteType !== 'ReadOnly' };
}

function recordedByAdvanced({ FieldSelectors }: Selectors['AdvancedEventSelectors'][number]): Recorded {
  const allows = (field: string, value: string) =>
    FieldSelectors.filter(({ Field }) => Field === field).every(
      ({ Equals, NotEquals }) => (Equals.length === 0 || Equals.includes(value)) && !NotEquals.includes(value),
    );
  const isMeant = allows('eventCategory', 'Management') && allows('eventSource', KMS);
  return { reads: isMeant && allows('readOnly', 'true'), writes: isMeant && allows('readOnly', 'false') };
}

function cloudTrail({ aws, region }: Pick<DeployedStack, 'aws' | 'region'>, action: string, input: object) {
  const target = `com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.${action}`;
  return callAwsJson(aws, { service: 'cloudtrail', target, region }, input);
}
