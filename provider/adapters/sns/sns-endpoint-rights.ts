import { randomUUID } from 'node:crypto';
import {
  DeleteEndpointCommand,
  GetEndpointAttributesCommand,
  PublishCommand,
  SetEndpointAttributesCommand,
  type SNSClient,
} from '@aws-sdk/client-sns';
import { PLATFORMS, type Platform } from '../../core/device/device.ts';
import type { EndpointAction, SnsAnswer } from '../../core/operating/push-rights.ts';
import type { ProvePushRightsPorts } from '../../flows/operating/prove-push-rights.ts';

type EndpointRights = ProvePushRightsPorts['endpointRights'];
type ApplicationArns = Readonly<Partial<Record<Platform, string>>>;

/** Tries actions on endpoints that do not exist. SNS asks IAM before it looks for the endpoint. */
export class SnsEndpointRights implements EndpointRights {
  readonly platforms: readonly Platform[];
  readonly actions: readonly EndpointAction[];
  readonly #sns: () => SNSClient;
  readonly #applicationArns: ApplicationArns;

  constructor(sns: () => SNSClient, applicationArns: ApplicationArns, actions: readonly EndpointAction[]) {
    this.#sns = sns;
    this.#applicationArns = applicationArns;
    this.platforms = PLATFORMS.filter((platform) => applicationArns[platform] !== undefined);
    this.actions = actions;
  }

  async attempt({ platform, action }: { platform: Platform; action: EndpointAction }): Promise<SnsAnswer> {
    // Endpoints have UUIDs of version 3. This one has version 4, so it names none.
    const endpoint = `${this.#applicationArns[platform]?.replace(':app/', ':endpoint/')}/${randomUUID()}`;
    try {
      await this.#send(action, endpoint);
      return { isAnswered: true };
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      return { isAnswered: isAnswer(error), error: error.name };
    }
  }

  #send(action: EndpointAction, EndpointArn: string): Promise<unknown> {
    switch (action) {
      case 'Publish':
        return this.#sns().send(new PublishCommand({ TargetArn: EndpointArn, Message: 'self-check' }));
      case 'GetEndpointAttributes':
        return this.#sns().send(new GetEndpointAttributesCommand({ EndpointArn }));
      case 'SetEndpointAttributes':
        return this.#sns().send(new SetEndpointAttributesCommand({ EndpointArn, Attributes: { Enabled: 'false' } }));
      case 'DeleteEndpoint':
        return this.#sns().send(new DeleteEndpointCommand({ EndpointArn }));
    }
  }
}

/** Whether SNS itself answered with the error. Otherwise the network or the SDK failed. */
function isAnswer(error: Error): boolean {
  const metadata: unknown = Reflect.get(error, '$metadata');
  if (typeof metadata !== 'object' || metadata === null) return false;
  return typeof Reflect.get(metadata, 'httpStatusCode') === 'number';
}
