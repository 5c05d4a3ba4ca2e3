import { describe, expect, it } from 'vitest';
import { optionalFunctions } from '../../../infra/functions/deployed-functions.ts';
import { meets } from '../../../local/runtime/stream-source.ts';
import { EVENT_FILTERS } from '../../../provider/core/operating/event-filters.ts';
import { type Resource, Synthesized, synthesized, type Value } from '../support/synthesized.ts';

const off = synthesized('minimal');
const on = synthesized('production');
const STREAM = 'arn:aws:dynamodb:eu-west-1:111122223333:table/restored/stream/2026-11-30T00:00:00.000';
const BUS = 'arn:aws:events:eu-west-1:999988887777:event-bus/logins';
const elsewhere = new Synthesized({
  removalPolicy: 'destroy',
  syntheticLogin: 'off',
  events: { busArn: BUS },
  restored: { directoryTable: 'restored', directoryStreamArn: STREAM },
});

const TABLES = ['DirectoryTable', 'TransactionsTable'];
const mappingsTo = (of: Synthesized, name: string) =>
  of
    .all('AWS::Lambda::EventSourceMapping')
    .filter(({ Properties }) => JSON.stringify(Properties.FunctionName).includes(of.idOf(of.alias(name))));
const isOfStream = ({ Properties }: Resource) => Properties.StartingPosition !== undefined;
const filtersOf = ({ Properties }: Resource): Value[] =>
  Properties.FilterCriteria.Filters.map(({ Pattern }: Value) => JSON.parse(Pattern));
const queueOf = (of: Synthesized): Resource => {
  const [mapping] = mappingsTo(of, 'events').filter((one) => !isOfStream(one));
  const found = of.main.Resources[mapping?.Properties.EventSourceArn['Fn::GetAtt'][0]];
  if (!found) throw new Error('there is no queue of reminders');
  return found;
};
const statementsOn = (service: string) =>
  on.statements('events').filter(({ Action }) => [Action].flat().some((action) => action.startsWith(`${service}:`)));

describe('events for others', () => {
  it('are off by default: no stream, no bus, no function and no queue', () => {
    for (const id of TABLES) expect(off.data.Resources[id]?.Properties).not.toHaveProperty('StreamSpecification');
    expect(off.all('AWS::Events::EventBus')).toEqual([]);
    expect(() => off.function('events')).toThrow('0 functions are events');
    expect(off.text).not.toMatch(/PutEvents|GetRecords|EventsForOthers/);
  });

  it('change no table but for its stream: none is replaced', () => {
    for (const id of TABLES) {
      const { StreamSpecification, ...others } = on.data.Resources[id]?.Properties ?? {};
      expect(StreamSpecification).toEqual({ StreamViewType: 'NEW_AND_OLD_IMAGES' });
      expect(withoutReplicas(others)).toEqual(withoutReplicas(off.data.Resources[id]?.Properties));
    }
  });

  it('go to a bus of the stack, or to one that the settings name', () => {
    const bus = on.single('AWS::Events::EventBus');
    expect(bus.Properties.Name).toBe('ciba-production-events');
    const { Variables } = on.function('events').Properties.Environment;
    expect(Variables.EVENT_BUS).toEqual({ 'Fn::GetAtt': [on.idOf(bus), 'Arn'] });
    expect(elsewhere.all('AWS::Events::EventBus')).toEqual([]);
    expect(elsewhere.function('events').Properties.Environment.Variables.EVENT_BUS).toBe(BUS);
    expect(elsewhere.statements('events').find(({ Action }) => Action === 'events:PutEvents')?.Resource).toBe(BUS);
  });

  it('are read from both streams, from the first write on', () => {
    const mappings = mappingsTo(on, 'events').filter(isOfStream);
    expect(mappings.map(({ Properties }) => Properties.StartingPosition)).toEqual(['TRIM_HORIZON', 'TRIM_HORIZON']);
    for (const { Properties } of mappings)
      expect(Properties).toMatchObject({ BatchSize: 100, MaximumBatchingWindowInSeconds: 1 });
    expect(mappings.map(filtersOf)).toEqual([EVENT_FILTERS.directory, EVENT_FILTERS.transactions]);
    // Lambda takes five patterns of a mapping unless AWS allows more.
    for (const mapping of mappings) expect(filtersOf(mapping).length).toBeLessThanOrEqual(5);
  });

  it('are tried for hours, one bad write alone in the end, and what is given up is a dead letter', () => {
    const deadLetters = queueOf(on).Properties.RedrivePolicy.deadLetterTargetArn;
    for (const { Properties } of mappingsTo(on, 'events').filter(isOfStream)) {
      expect(Properties).toMatchObject({
        BisectBatchOnFunctionError: true,
        FunctionResponseTypes: ['ReportBatchItemFailures'],
        MaximumRecordAgeInSeconds: 21_600,
        DestinationConfig: { OnFailure: { Destination: deadLetters } },
      });
      expect(Properties.MaximumRetryAttempts).toBeUndefined();
    }
  });

  it('have a closed queue of reminders, which tries as long and hides a message for longer than the function runs', () => {
    const { Properties: queue } = queueOf(on);
    expect(queue.SqsManagedSseEnabled).toBe(true);
    expect(queue.VisibilityTimeout).toBe(6 * optionalFunctions.events.timeoutSeconds);
    expect(queue.VisibilityTimeout * queue.RedrivePolicy.maxReceiveCount).toBe(21_600);
    const [mapping] = mappingsTo(on, 'events').filter((one) => !isOfStream(one));
    expect(mapping?.Properties).toMatchObject({
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      ScalingConfig: { MaximumConcurrency: 2 },
    });
  });

  it('give the function what it needs: it reads requests, both streams and its queue, and writes nothing else', () => {
    const actions = on.statements('events').flatMap(({ Action }) => Action);
    expect(actions.filter((action) => !action.startsWith('logs:')).toSorted()).toEqual([
      'dynamodb:DescribeStream',
      'dynamodb:GetItem',
      'dynamodb:GetRecords',
      'dynamodb:GetShardIterator',
      'events:PutEvents',
      'sqs:DeleteMessage',
      'sqs:GetQueueAttributes',
      'sqs:ReceiveMessage',
      'sqs:SendMessage',
      'sqs:SendMessage',
    ]);
    expect(JSON.stringify(on.statements('events').map(({ Resource }) => Resource))).not.toContain('*');
  });

  it('let the function put events of this source alone, each event of a call', () => {
    expect(statementsOn('events').map(({ Condition }) => Condition)).toEqual([
      {
        'ForAllValues:StringEquals': { 'events:source': 'serverless-ciba' },
        Null: { 'events:source': 'false' },
      },
    ]);
  });

  it('let nobody else put events on the bus or read the streams', () => {
    const allowed = on
      .all('AWS::IAM::Policy')
      .filter(({ Properties }) => /PutEvents|GetRecords/.test(JSON.stringify(Properties.PolicyDocument)));
    expect(allowed.length).toBe(1);
    expect(on.all('AWS::Events::EventBusPolicy')).toEqual([]);
  });

  it('are watched, and drawn', () => {
    const names = on.all('AWS::CloudWatch::Alarm').map(({ Properties }) => Properties.AlarmName);
    for (const name of ['events-faults', 'events-delayed', 'expiries-delayed'])
      expect(names).toContain(`ciba-production-${name}`);
    expect(on.text).toContain('Age of events in seconds');
    expect(off.text).not.toContain('Age of events in seconds');
  });

  it('come from the stream of a restored table', () => {
    const sources = mappingsTo(elsewhere, 'events').map(({ Properties }) => Properties.EventSourceArn);
    expect(sources).toContain(STREAM);
  });
});

describe('of what the streams contain, the function gets', () => {
  const patterns = mappingsTo(on, 'events').filter(isOfStream).flatMap(filtersOf);
  const reaches = (record: object) => patterns.some((pattern) => meets(record, pattern));
  const written = (pk: string, sk: string, members: object = {}) => {
    const [Keys, NewImage] = [
      { pk: { S: pk }, sk: { S: sk } },
      { pk: { S: pk }, sk: { S: sk }, ...members },
    ];
    return {
      created: { dynamodb: { Keys, NewImage } },
      removed: { dynamodb: { Keys, OldImage: NewImage } },
      Keys,
      NewImage,
    };
  };

  it.each([
    ['auth_req_ids and notification tokens', 'NOTIFICATION#x', 'NOTIFICATION'],
    ['private halves of signing keys', 'PRIVATEKEY#RS256', 'GENERATION#00000001#kid'],
    ['evidence keys', 'EVIDENCEKEY#sub', 'EVIDENCEKEY'],
    ['public halves', 'KEY#RS256', 'GENERATION#00000001'],
    ['tickets', 'TICKET#hash', 'TICKET'],
    ['seen assertions', 'JTI#issuer#hash', 'JTI'],
    ['rates', 'RATE#user#sub', 'HOUR#1'],
    ['login identifiers', 'LOGIN#email#ana@example.com', 'LOGIN'],
    ['push endpoints', 'ENDPOINT#hash', 'ENDPOINT'],
    ['what a phone shows', 'USER#sub', 'REQUEST#x'],
    ['devices', 'USER#sub', 'DEVICE#x'],
    ['the list of clients', 'CLIENT#', 'shop'],
  ])('nothing of %s, whatever is written', (_, pk, sk) => {
    const members = { client_id: { S: 'shop' }, state: { S: 'pending' } };
    const { created, removed, Keys, NewImage } = written(pk, sk, members);
    const changed = { dynamodb: { Keys, OldImage: NewImage, NewImage: { ...NewImage, state: { S: 'approved' } } } };
    expect([created, changed, removed].map(reaches)).toEqual([false, false, false]);
  });

  it('nothing that only looks like a request, a profile or a client in one half of its key', () => {
    for (const [pk, sk] of [
      ['NOTIFICATION#x', 'REQUEST'],
      ['PRIVATEKEY#RS256', 'CLIENT'],
      ['TICKET#hash', 'PROFILE'],
    ] as const)
      expect(reaches(written(pk, sk, { client_id: { S: 'shop' } }).created)).toBe(false);
  });

  it('requests, profiles and clients', () => {
    expect(reaches(written('REQUEST#x', 'REQUEST', { client_id: { S: 'shop' } }).created)).toBe(true);
    expect(reaches(written('USER#sub', 'PROFILE').created)).toBe(true);
    expect(reaches(written('USER#sub', 'PROFILE').removed)).toBe(true);
    expect(reaches(written('CLIENT#shop', 'CLIENT').created)).toBe(true);
  });

  it('no poll, no redemption, nothing that TTL swept and nothing of the synthetic login', () => {
    const request = (state: string, client = 'shop') =>
      written('REQUEST#x', 'REQUEST', { client_id: { S: client }, state: { S: state } });
    const move = (from: string, to: string) => ({
      dynamodb: { Keys: request(from).Keys, OldImage: request(from).NewImage, NewImage: request(to).NewImage },
    });
    expect(reaches(move('pending', 'pending'))).toBe(false);
    expect(reaches(move('approved', 'redeemed'))).toBe(false);
    expect(reaches(request('denied').removed)).toBe(false);
    expect(reaches(request('pending', 'synthetic-login').created)).toBe(false);
    expect(reaches(move('pending', 'approved'))).toBe(true);
    expect(reaches(move('approved', 'failed'))).toBe(true);
  });
});

/** The replica has the resource policy, whose roles have other names in another template, and tags of the stage. */
function withoutReplicas({ Replicas: _, ...others }: Value): Value {
  return others;
}
