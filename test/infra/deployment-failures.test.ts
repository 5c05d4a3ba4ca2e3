import { describe, expect, it } from 'vitest';
import {
  answerCustomResource,
  type CustomResourceRequest,
} from '../../provider/edge/custom-resource/custom-resource.ts';

describe('a custom resource', () => {
  const answered = async (
    versions: { before: string; now: string },
    whenFailed?: (why: string) => { ok: true; id: string },
  ) => {
    const event: CustomResourceRequest = {
      RequestType: 'Update',
      ResponseURL: 'https://cloudformation.example',
      StackId: 's',
      RequestId: 'r',
      LogicalResourceId: 'FirstKeys',
      PhysicalResourceId: 'first-keys',
      ResourceProperties: { versions: { 'signing-keys': versions.now } },
      OldResourceProperties: { versions: { 'signing-keys': versions.before } },
    };
    let sent = '';
    const send = async (_url: string, body: string) => {
      sent = body;
    };
    await answerCustomResource(event, send, async () => ({ ok: false, why: 'KMS is disturbed' }), {
      ...(whenFailed && { whenFailed }),
    });
    return JSON.parse(sent) as { Status: string; PhysicalResourceId: string };
  };

  it('fails a deployment that brings a new version', async () => {
    expect(await answered({ before: '3', now: '4' })).toMatchObject({
      Status: 'FAILED',
      PhysicalResourceId: 'first-keys',
    });
  });

  it('never fails a rollback, which would leave the stack in between', async () => {
    expect(await answered({ before: '4', now: '3' })).toMatchObject({
      Status: 'SUCCESS',
      PhysicalResourceId: 'first-keys',
    });
  });

  it('that must stop nothing tells what failed, and succeeds', async () => {
    const told: string[] = [];
    const whenFailed = (why: string) => {
      told.push(why);
      return { ok: true as const, id: 'arn:app' };
    };
    const answer = await answered({ before: '3', now: '4' }, whenFailed);
    expect(answer).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: 'arn:app' });
    expect(told).toEqual(['KMS is disturbed']);
  });
});
