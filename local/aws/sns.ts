import { randomUUID } from 'node:crypto';
import { EventEmitter } from 'node:events';
import * as v from 'valibot';
import { type Fields, fieldsOf, mapXml, xmlAnswer } from './query-protocol.ts';
import type { AwsService } from './server.ts';
import { authorizedResource, denial, type SnsAccess } from './sns-authorization.ts';

const storedEndpoint = v.object({
  arn: v.string(),
  application: v.string(),
  token: v.string(),
  enabled: v.boolean(),
  attributes: v.record(v.string(), v.string()),
});
/** The state that is kept between runs. */
export const snsState = v.object({ endpoints: v.array(storedEndpoint) });
/** An endpoint of a platform application. */
export type Endpoint = v.InferOutput<typeof storedEndpoint>;
type SnsState = v.InferOutput<typeof snsState>;
/** A push as Apple or Google would deliver it to the phone. */
export type Delivery = {
  readonly endpointArn: string;
  readonly token: string;
  readonly payload: unknown;
  readonly attributes: Readonly<Record<string, string>>;
  readonly expiresAt: number;
};
/** Receives the messages of a topic unchanged (raw message delivery). */
export type Subscriber = (message: { readonly body: string; readonly group: string | undefined }) => void;

/** Push tokens that the push service of this stand-in refuses, for tests of refusals. */
const UNKNOWN_TOKEN = /^unknown-/;

/** The status of each error that is not answered with 400. */
const STATUS: Readonly<Record<string, number>> = { AuthorizationError: 403, NotFound: 404 };

class SnsError extends Error {
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/**
 * SNS in the Query protocol. It has mobile push with the endpoint life cycle that AWS documents, where publishing emits
 * `delivery`, and topics with one subscriber each.
 */
export class SnsStandIn extends EventEmitter<{ delivery: [Delivery]; change: [] }> {
  readonly endpoints = new Map<string, Endpoint>();
  /** Whether IAM lets a call through. Default: every call. A denial comes before the look for the endpoint. */
  permits: (access: SnsAccess) => boolean = () => true;
  /**
   * How the creation of an endpoint is answered for the token of a disabled one: with its ARN, or with an error that
   * names it. AWS does not document which, and stand-ins of others differ.
   */
  disabledTokenAnswer: 'arn' | 'error' = 'arn';
  readonly #subscribers = new Map<string, Subscriber>();

  restore(state: SnsState | undefined): void {
    for (const endpoint of state?.endpoints ?? []) this.endpoints.set(endpoint.arn, endpoint);
  }

  save(): SnsState {
    return { endpoints: [...this.endpoints.values()] };
  }

  /** Makes a topic with its only subscriber. */
  subscribe(topicArn: string, subscriber: Subscriber): void {
    this.#subscribers.set(topicArn, subscriber);
  }

  /** Disables the endpoints of a token, as if Apple or Google had reported it invalid. */
  disable(token: string): void {
    for (const endpoint of this.endpoints.values()) if (endpoint.token === token) endpoint.enabled = false;
    this.emit('change');
  }

  readonly service: AwsService = async (call) => {
    try {
      const access = { ...call, resource: authorizedResource(call.action, call.input) };
      if (!this.permits(access)) throw new SnsError('AuthorizationError', denial(access));
      const result = this.#act(call.action, fieldsOf(call));
      if (call.action !== 'Publish') this.emit('change');
      return xmlAnswer(
        200,
        `<${call.action}Response><${call.action}Result>${result}</${call.action}Result><ResponseMetadata><RequestId>${randomUUID()}</RequestId></ResponseMetadata></${call.action}Response>`,
      );
    } catch (error) {
      if (!(error instanceof SnsError)) throw error;
      const status = STATUS[error.code] ?? 400;
      return xmlAnswer(
        status,
        `<ErrorResponse><Error><Type>Sender</Type><Code>${error.code}</Code><Message>${error.message}</Message></Error><RequestId>${randomUUID()}</RequestId></ErrorResponse>`,
      );
    }
  };

  #act(action: string, fields: Fields): string {
    switch (action) {
      case 'CreatePlatformEndpoint':
        return `<EndpointArn>${this.#create(fields)}</EndpointArn>`;
      case 'GetEndpointAttributes':
        return attributesXml(this.#find(fields.text('EndpointArn')));
      case 'SetEndpointAttributes':
        return this.#set(this.#find(fields.text('EndpointArn')), fields.map('Attributes.entry', 'key', 'value'));
      case 'DeleteEndpoint':
        this.endpoints.delete(fields.text('EndpointArn'));
        return '';
      case 'Publish':
        if (fields.text('TopicArn') === '') this.#push(fields);
        else this.#announce(fields);
        return `<MessageId>${randomUUID()}</MessageId>`;
      default:
        throw new SnsError('InvalidAction', `The action ${action} is not valid for this endpoint.`);
    }
  }

  /**
   * Creates an endpoint. A known token with the same user data returns the existing ARN; with other user data it is an
   * error that names the ARN.
   */
  #create(fields: Fields): string {
    const application = fields.text('PlatformApplicationArn');
    const token = fields.text('Token');
    const attributes = {
      CustomUserData: fields.text('CustomUserData'),
      ...fields.map('Attributes.entry', 'key', 'value'),
    };
    if (UNKNOWN_TOKEN.test(token))
      throw new SnsError('InvalidParameter', 'Invalid parameter: Token Reason: the push service does not know it');
    const existing = [...this.endpoints.values()].find(
      (endpoint) => endpoint.application === application && endpoint.token === token,
    );
    const isRefused = existing?.enabled === false && this.disabledTokenAnswer === 'error';
    if (existing && (isRefused || existing.attributes['CustomUserData'] !== attributes.CustomUserData)) {
      throw new SnsError(
        'InvalidParameter',
        `Invalid parameter: Token Reason: Endpoint ${existing.arn} already exists with the same Token, but different attributes.`,
      );
    }
    if (existing) return existing.arn;
    const arn = `${application.replace(':app/', ':endpoint/')}/${randomUUID()}`;
    this.endpoints.set(arn, { arn, application, token, enabled: true, attributes });
    return arn;
  }

  #find(arn: string): Endpoint {
    const endpoint = this.endpoints.get(arn);
    if (!endpoint) throw new SnsError('NotFound', 'Endpoint does not exist');
    return endpoint;
  }

  #set(endpoint: Endpoint, { Token, Enabled, ...rest }: Record<string, string>): string {
    endpoint.token = Token ?? endpoint.token;
    endpoint.enabled = Enabled === undefined ? endpoint.enabled : Enabled === 'true';
    Object.assign(endpoint.attributes, rest);
    return '';
  }

  #announce(fields: Fields): void {
    const subscriber = this.#subscribers.get(fields.text('TopicArn'));
    if (!subscriber) throw new SnsError('NotFound', 'Topic does not exist');
    subscriber({ body: fields.text('Message'), group: fields.text('MessageGroupId') || undefined });
  }

  #push(fields: Fields): void {
    const endpoint = this.endpoints.get(fields.text('TargetArn'));
    if (!endpoint)
      throw new SnsError(
        'InvalidParameter',
        'Invalid parameter: TargetArn Reason: No endpoint found for the target arn specified',
      );
    if (!endpoint.enabled) throw new SnsError('EndpointDisabled', 'Endpoint is disabled');
    const attributes = fields.map('MessageAttributes.entry', 'Name', 'Value.StringValue');
    const platform = endpoint.arn.split('/')[1] ?? '';
    const message = parseMessage(fields.text('Message'));
    const ttl = Number(attributes[`AWS.SNS.MOBILE.${platform === 'GCM' ? 'FCM' : platform}.TTL`] ?? 2_419_200);
    const payload = JSON.parse(message[platform] ?? JSON.stringify({ default: message['default'] }));
    this.emit('delivery', {
      endpointArn: endpoint.arn,
      token: endpoint.token,
      payload,
      attributes,
      expiresAt: Date.now() / 1000 + ttl,
    });
  }
}

/** A message for mobile push: one text for each platform, and a default for all others. */
const pushMessage = v.looseObject({ default: v.string() });

function parseMessage(message: string): Record<string, string> {
  const parsed = v.safeParse(pushMessage, JSON.parse(message));
  if (!parsed.success)
    throw new SnsError(
      'InvalidParameter',
      'Invalid parameter: Message Structure - No default entry in JSON message body',
    );
  return Object.fromEntries(
    Object.entries(parsed.output).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}

function attributesXml({ attributes, token, enabled }: Endpoint): string {
  return `<Attributes>${mapXml({ ...attributes, Token: token, Enabled: String(enabled) })}</Attributes>`;
}
