import { DeleteItemCommand, DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import { PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { AwsAnswer, AwsCall } from '../../../local/aws/server.ts';
import type { Runtime } from '../../../local/runtime/runtime.ts';

/** A credential that holds this word is one that Apple or Google has revoked. */
export const REVOKED = 'REVOKED';

const PEM = '-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----\n';
/** A credential as its secret holds it. */
export const apple = (keyId = 'KLMNO67890') => ({ teamId: 'ABCDE12345', keyId, privateKey: PEM });
/** The same of Google. */
export const google = {
  type: 'service_account',
  project_id: 'shop',
  client_email: 'push@shop.example',
  private_key: PEM,
};

/** What only a deployment calls: Lambda's Invoke, and SNS's platform applications. The rest is the local runtime's. */
export class DeploymentStandIns {
  /** ARNs of the platform applications that there are. */
  readonly applications = new Set<string>();
  /** Whether the function signing-keys finds its table. */
  tableFails = false;
  readonly #runtime: Runtime;

  constructor(runtime: Runtime) {
    this.#runtime = runtime;
    runtime.aws.interference = (call) => this.#answer(call);
  }

  async putSecret(arn: string, value: unknown): Promise<void> {
    const client = new SecretsManagerClient(this.#asOperator());
    await client.send(new PutSecretValueCommand({ SecretId: arn, SecretString: JSON.stringify(value) }));
    client.destroy();
  }

  /** As before the first deployment: the local runtime made keys when it started. */
  async dropSigningKeys(TableName: string): Promise<void> {
    const client = new DynamoDBClient(this.#asOperator());
    const { Items = [] } = await client.send(new ScanCommand({ TableName }));
    for (const { pk, sk } of Items) {
      if (/^(PRIVATE)?KEY#/.test(pk?.S ?? '') && pk && sk)
        await client.send(new DeleteItemCommand({ TableName, Key: { pk, sk } }));
    }
    client.destroy();
  }

  #asOperator() {
    const credentials = { accessKeyId: 'operator', secretAccessKey: 'local' };
    return { endpoint: this.#runtime.awsEndpoint, region: 'eu-central-1', credentials };
  }

  async #answer(call: AwsCall): Promise<AwsAnswer | undefined> {
    const { caller, service, action, input } = call;
    if (service === 'lambda') return this.#invoke(input['Payload']);
    if (service === 'sns' && /PlatformApplication/.test(action)) return this.#change(action, input);
    if (service === 'dynamodb' && caller === 'signing-keys' && this.tableFails)
      return { status: 400, body: '{"__type":"AccessDeniedException"}' };
    return undefined;
  }

  /** Lambda answers 200 when the function threw; a header tells. */
  async #invoke(payload: unknown): Promise<AwsAnswer> {
    try {
      const body = JSON.stringify(await this.#runtime.host.invoke('signing-keys', payload));
      return { status: 200, body };
    } catch (error) {
      const body = JSON.stringify({ errorMessage: String(error) });
      return { status: 200, headers: { 'x-amz-function-error': 'Unhandled' }, body };
    }
  }

  #change(action: string, input: AwsCall['input']): AwsAnswer {
    const arn = String(input['PlatformApplicationArn'] ?? arnOf(input));
    if (action === 'DeletePlatformApplication') {
      this.applications.delete(arn);
      return xml(200, `<${action}Response/>`);
    }
    if (action === 'SetPlatformApplicationAttributes' && !this.applications.has(arn)) return refusal('NotFound');
    if (JSON.stringify(input).includes(REVOKED)) return refusal('InvalidParameter');
    this.applications.add(arn);
    const result = `<${action}Result><PlatformApplicationArn>${arn}</PlatformApplicationArn></${action}Result>`;
    return xml(200, `<${action}Response>${result}</${action}Response>`);
  }
}

function arnOf({ Platform, Name }: AwsCall['input']): string {
  return `arn:aws:sns:eu-central-1:000000000000:app/${Platform}/${Name}`;
}

function refusal(code: 'NotFound' | 'InvalidParameter'): AwsAnswer {
  const error = `<Error><Type>Sender</Type><Code>${code}</Code><Message>stand-in</Message></Error>`;
  return xml(code === 'NotFound' ? 404 : 400, `<ErrorResponse>${error}</ErrorResponse>`);
}

function xml(status: number, body: string): AwsAnswer {
  return { status, headers: { 'content-type': 'text/xml' }, body };
}
