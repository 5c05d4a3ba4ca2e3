import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { jsonAnswer } from '../../../local/aws/json-answer.ts';
import { type AwsAnswer, type AwsCall, AwsServer } from '../../../local/aws/server.ts';
import { CodeDeploy } from '../../../provider/adapters/code-deploy/code-deploy.ts';

const credentials = { accessKeyId: 'before-traffic', secretAccessKey: 'local' };
const REVISION = { revisionType: 'String', string: { sha256: 'x' } };
const PROPERTIES = { Name: 'stack-token', Alias: 'live', CurrentVersion: '6', TargetVersion: '7' };
const resource = (properties: object) => [{ live: { Type: 'AWS::Lambda::Function', Properties: properties } }];
const specOf = (resources: unknown) => JSON.stringify({ version: '0.0', Resources: resources });

let aws: AwsServer;
let codeDeploy: CodeDeploy;
let creator: string | undefined;
let revision: object;
beforeAll(async () => {
  aws = new AwsServer({});
  const secrets = new SecretsManagerClient({ region: 'eu-central-1', credentials });
  codeDeploy = new CodeDeploy(secrets, { endpoint: await aws.listen(), milliseconds: 60_000 });
});
beforeEach(() => {
  aws.calls.length = 0;
  creator = 'CloudFormation';
  revision = { ...REVISION, string: { content: specOf(resource(PROPERTIES)) } };
  aws.interference = answer;
});
afterAll(() => aws.close());

function answer({ action }: AwsCall): AwsAnswer {
  if (action === 'GetDeployment')
    return jsonAnswer('1.1', { deploymentInfo: { applicationName: 'app', creator, revision: REVISION } });
  return jsonAnswer('1.1', action === 'GetApplicationRevision' ? { revision } : {});
}

describe('what CodeDeploy is about to do', () => {
  it('is in the AppSpec of the revision that the deployment names', async () => {
    const shift = { functionName: 'stack-token', from: 6, to: 7, isRollback: false };
    expect(await codeDeploy.readShift('d-1')).toEqual(shift);
    expect(aws.calls.map(({ service, action, input }) => [service, action, input])).toEqual([
      ['codedeploy', 'GetDeployment', { deploymentId: 'd-1' }],
      ['codedeploy', 'GetApplicationRevision', { applicationName: 'app', revision: REVISION }],
    ]);
  });

  it.each([
    ['CloudFormation', false],
    ['user', false],
    [undefined, false],
    ['codeDeployRollback', true],
    ['CloudFormationRollback', true],
  ])('made by %s restores something: %s', async (by, isRollback) => {
    creator = by;
    expect(await codeDeploy.readShift('d-1')).toMatchObject({ isRollback });
  });

  it('may have its AppSpec under its newer name', async () => {
    revision = { revisionType: 'AppSpecContent', appSpecContent: { content: specOf(resource(PROPERTIES)) } };
    expect(await codeDeploy.readShift('d-1')).toMatchObject({ to: 7 });
  });

  it.each([
    ['no AppSpec', {}],
    ['an AppSpec that is no JSON', { string: { content: 'version: 0.0' } }],
    ['no function', { string: { content: specOf([]) } }],
    ['two functions', { string: { content: specOf([...resource(PROPERTIES), ...resource(PROPERTIES)]) } }],
    [
      'a version that is no number',
      { string: { content: specOf(resource({ ...PROPERTIES, TargetVersion: '$LATEST' })) } },
    ],
    ['no version before', { string: { content: specOf(resource({ Name: 'stack-token', TargetVersion: '7' })) } }],
  ])('is unknown if the revision has %s', async (_, found) => {
    revision = found;
    expect(await codeDeploy.readShift('d-1')).toBeUndefined();
  });

  it('is asked once more when an answer does not come', async () => {
    aws.interference = (call) => (aws.calls.length === 1 ? 'lose-answer' : answer(call));
    expect(await codeDeploy.readShift('d-1')).toMatchObject({ to: 7 });
    expect(aws.calls.map(({ action }) => action)).toEqual(['GetDeployment', 'GetDeployment', 'GetApplicationRevision']);
  });
});

describe('a report', () => {
  it('names the deployment, the execution of the hook, and the status', async () => {
    await codeDeploy.report({ deploymentId: 'd-1', executionId: 'e-1' }, 'Failed');
    expect(aws.calls.map(({ action, input }) => [action, input])).toEqual([
      [
        'PutLifecycleEventHookExecutionStatus',
        { deploymentId: 'd-1', lifecycleEventHookExecutionId: 'e-1', status: 'Failed' },
      ],
    ]);
  });
});
