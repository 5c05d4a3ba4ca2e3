import { randomUUID } from 'node:crypto';
import { PLATFORMS, type Platform } from '../../core/device/device.ts';
import type { EndpointAction, SnsAnswer } from '../../core/operating/push-rights.ts';
import type { ProvePushRightsPorts } from '../../flows/operating/prove-push-rights.ts';
import { type CallSns, mapParameters, SnsError } from './query-protocol.ts';

type EndpointRights = ProvePushRightsPorts['endpointRights'];
type ApplicationArns = Readonly<Partial<Record<Platform, string>>>;

/** Tries actions on endpoints that do not exist. SNS asks IAM before it looks for the endpoint. */
export class SnsEndpointRights implements EndpointRights {
  readonly platforms: readonly Platform[];
  readonly actions: readonly EndpointAction[];
  readonly #sns: CallSns;
  readonly #applicationArns: ApplicationArns;

  constructor(sns: CallSns, applicationArns: ApplicationArns, actions: readonly EndpointAction[]) {
    this.#sns = sns;
    this.#applicationArns = applicationArns;
    this.platforms = PLATFORMS.filter((platform) => applicationArns[platform] !== undefined);
    this.actions = actions;
  }

  async attempt({ platform, action }: { platform: Platform; action: EndpointAction }): Promise<SnsAnswer> {
    // Endpoints have UUIDs of version 3. This one has version 4, so it names none.
    const endpoint = `${this.#applicationArns[platform]?.replace(':app/', ':endpoint/')}/${randomUUID()}`;
    const parameters =
      action === 'Publish' ? { TargetArn: endpoint, Message: 'self-check' } : { EndpointArn: endpoint };
    const change = action === 'SetEndpointAttributes' ? mapParameters('Attributes.entry', { Enabled: 'false' }) : {};
    try {
      await this.#sns(action, { ...parameters, ...change });
      return { isAnswered: true };
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      return { isAnswered: error instanceof SnsError, error: error.name };
    }
  }
}
