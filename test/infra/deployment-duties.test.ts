import { InvalidParameterException, NotFoundException } from '@aws-sdk/client-sns';
import { describe, expect, it } from 'vitest';
import { Table } from '../../provider/adapters/dynamodb/table.ts';
import { SigningKeysFunction } from '../../provider/adapters/lambda/signing-keys-function.ts';
import { EndpointUsers } from '../../provider/adapters/sns/endpoint-users.ts';
import { SnsPlatformApplications } from '../../provider/adapters/sns/platform-applications.ts';
import { answerCustomResource, isCustomResourceRequest } from '../../provider/edge/custom-resource/custom-resource.ts';
import { endpointEventsFrom } from '../../provider/edge/sns/endpoint-event.ts';
import {
  applyPlatformApplication,
  type PlatformApplicationPorts,
  refreshPlatformApplications,
} from '../../provider/flows/device/apply-platform-application.ts';
import { type EndpointEventPorts, handleEndpointEvent } from '../../provider/flows/device/handle-endpoint-event.ts';
import { answeringDynamoDB, answeringLambda, answeringSns, type SentCommand } from '../support/answering-clients.ts';

const PEM = '-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----\n';
const apple = { teamId: 'ABCDE12345', keyId: 'KLMNO67890', privateKey: PEM };
const arn = 'arn:aws:sns:eu-west-1:111122223333:app/APNS/ciba-main';

describe('a platform application', () => {
  const application = {
    platform: 'APNS',
    name: 'ciba-main',
    arn,
    secretArn: 'secret-arn',
    bundleId: 'com.example',
    eventsTopicArn: 't',
  } as const;
  const ports = (secret: string | undefined, outcome: 'applied' | 'refused' = 'applied'): PlatformApplicationPorts => ({
    applications: [application],
    secrets: { read: async () => secret },
    platforms: { apply: async () => outcome, remove: async () => undefined },
  });

  it('is applied from its secret', async () => {
    expect(await applyPlatformApplication(ports(JSON.stringify(apple)), 'APNS')).toEqual({ ok: true, arn });
  });

  it('is not applied without a credential, and says where to put it', async () => {
    expect(await applyPlatformApplication(ports(undefined), 'APNS')).toEqual({
      ok: false,
      why: 'the secret secret-arn has no value: store the credential in it',
    });
    expect(await applyPlatformApplication(ports(JSON.stringify(apple), 'refused'), 'APNS')).toMatchObject({
      ok: false,
    });
    expect(await applyPlatformApplication(ports(JSON.stringify(apple)), 'GCM')).toMatchObject({ ok: false });
  });

  it('is applied again on request, each with what became of it', async () => {
    expect(await refreshPlatformApplications(ports(JSON.stringify(apple)))).toEqual({ APNS: { ok: true, arn } });
  });
});

describe('SNS', () => {
  const application = { platform: 'APNS', name: 'ciba-main', arn, eventsTopicArn: 'topic' };
  /** Answers each command in turn, and remembers it. */
  const sns = (...answers: (object | Error)[]) => {
    const sent: SentCommand[] = [];
    const client = answeringSns((command) => {
      sent.push(command);
      const answer = answers[sent.length - 1];
      if (answer === undefined || answer instanceof Error) throw answer ?? new Error('no answer is left');
      return answer;
    });
    return { applications: new SnsPlatformApplications(client), sent };
  };
  const missing = new NotFoundException({ message: '', $metadata: {} });
  const events = { EventDeliveryFailure: 'topic', EventEndpointUpdated: 'topic' };

  it('changes an application in place, so that its endpoints stay', async () => {
    const { applications, sent } = sns({});
    expect(await applications.apply(application, { PlatformCredential: 'x' })).toBe('applied');
    expect(sent).toEqual([
      {
        name: 'SetPlatformApplicationAttributesCommand',
        input: { PlatformApplicationArn: arn, Attributes: { PlatformCredential: 'x', ...events } },
      },
    ]);
  });

  it('makes an application that is not there', async () => {
    const { applications, sent } = sns(missing, { PlatformApplicationArn: arn });
    expect(await applications.apply(application, {})).toBe('applied');
    expect(sent[1]).toEqual({
      name: 'CreatePlatformApplicationCommand',
      input: { Name: 'ciba-main', Platform: 'APNS', Attributes: events },
    });
  });

  it('may refuse a credential; an outage is thrown', async () => {
    const refusal = new InvalidParameterException({ message: 'Platform credentials are invalid', $metadata: {} });
    expect(await sns(refusal).applications.apply(application, {})).toBe('refused');
    await expect(sns(new Error('outage')).applications.apply(application, {})).rejects.toThrow('outage');
  });
});

describe('the first signing keys', () => {
  const answering = (answer: object) =>
    new SigningKeysFunction(
      answeringLambda(() => answer),
      'signing-keys',
    );

  it('are there when the function did not throw, which Lambda tells in one member only', async () => {
    expect(await answering({ StatusCode: 200 }).rotate('deployment')).toBe(true);
    expect(await answering({ StatusCode: 200, FunctionError: 'Unhandled' }).rotate('deployment')).toBe(false);
  });
});

describe('a custom resource', () => {
  const event = {
    RequestType: 'Update' as const,
    ResponseURL: 'https://cloudformation.example/answer',
    StackId: 'stack',
    RequestId: 'request',
    LogicalResourceId: 'Apns',
    PhysicalResourceId: 'before',
    ResourceProperties: {},
  };
  const answers = async (act: Parameters<typeof answerCustomResource>[2], change: Partial<typeof event> = {}) => {
    const sent: Record<string, unknown>[] = [];
    await answerCustomResource({ ...event, ...change }, async (_, body) => void sent.push(JSON.parse(body)), act);
    return sent;
  };

  it('is answered with its id', async () => {
    expect(await answers(async () => ({ ok: true, id: 'now' }))).toEqual([
      {
        StackId: 'stack',
        RequestId: 'request',
        LogicalResourceId: 'Apns',
        PhysicalResourceId: 'now',
        Status: 'SUCCESS',
      },
    ]);
  });

  it('is answered when it fails, under the id it had, so that nothing is deleted for it', async () => {
    expect(await answers(async () => ({ ok: false, why: 'no secret' }))).toEqual([
      expect.objectContaining({ Status: 'FAILED', Reason: 'no secret', PhysicalResourceId: 'before' }),
    ]);
  });

  it('is answered when the function throws, without the message, which may quote a secret', async () => {
    const [answer] = await answers(async () => {
      throw new TypeError('hunter2');
    });
    expect(answer).toMatchObject({ Status: 'FAILED', Reason: 'TypeError: see the log of the function behind Apns' });
    expect(JSON.stringify(answer)).not.toContain('hunter2');
  });

  it('is told from an order of an operator', () => {
    expect(isCustomResourceRequest(event)).toBe(true);
    expect(isCustomResourceRequest({ action: 'refresh' })).toBe(false);
  });
});

describe('an event of a push endpoint', () => {
  const world = (enabled: boolean) => {
    const marked: unknown[] = [];
    const audited: unknown[] = [];
    const ports: EndpointEventPorts = {
      endpoints: {
        isEnabled: async () => enabled,
        usersOf: async () => [
          { sub: 'u|1', deviceId: 'd1' },
          { sub: 'u2', deviceId: 'd2' },
        ],
      },
      // The second was marked before.
      devices: { markUnreachable: async (device) => marked.push(device) === 1 },
      audit: { write: (event) => void audited.push(event) },
      clock: () => 1_800_000_000,
    };
    return { ports, marked, audited };
  };

  it('makes all devices of a dead endpoint unreachable', async () => {
    const { ports, marked, audited } = world(false);
    expect(await handleEndpointEvent(ports, arn)).toBe(2);
    // Only what changed is an event of the audit trail.
    expect(audited).toEqual([{ event: 'device_unreachable', sub: 'u|1', deviceId: 'd1', by: 'push service' }]);
    expect(marked).toEqual([
      { sub: 'u|1', deviceId: 'd1', endpointArn: arn },
      { sub: 'u2', deviceId: 'd2', endpointArn: arn },
    ]);
  });

  it('is not believed when the endpoint lives: it was revived meanwhile, or somebody made the event up', async () => {
    const { ports, marked } = world(true);
    expect(await handleEndpointEvent(ports, arn)).toBe(0);
    expect(marked).toEqual([]);
  });

  it('finds the devices as enrolment stored them', async () => {
    const item = { devices: { SS: ['d1|u|1', 'd2|u2'] } };
    const directory = new Table(
      answeringDynamoDB(() => ({ Item: item })),
      'Directory',
    );
    const users = new EndpointUsers(async () => '', directory);
    expect(await users.usersOf(arn)).toEqual([
      { sub: 'u|1', deviceId: 'd1' },
      { sub: 'u2', deviceId: 'd2' },
    ]);
  });

  it('is read as SNS sends it', () => {
    const message = { EndpointArn: arn, EventType: 'DeliveryFailure', FailureType: 'EndpointDisabled', Service: 'SNS' };
    const event = { Records: [{ Sns: { MessageId: 'm1', Message: JSON.stringify(message) } }] };
    expect(endpointEventsFrom(event)).toEqual([
      { endpointArn: arn, type: 'DeliveryFailure', failure: 'EndpointDisabled', messageId: 'm1' },
    ]);
    const odd = JSON.stringify({ ...message, FailureType: 'no word: 7', MessageId: 7 });
    expect(endpointEventsFrom({ Records: [{ Sns: { MessageId: 'm1', Message: odd } }] })).toEqual([
      { endpointArn: arn, type: 'DeliveryFailure', failure: undefined, messageId: 'm1' },
    ]);
    expect(() => endpointEventsFrom({ Records: [{ Sns: { MessageId: 'm1', Message: '{}' } }] })).toThrow();
  });
});
