import type { Device, Platform } from '../../core/device/device.ts';
import { ENDPOINT_DELETED, pushErrorKind } from '../../core/device/push-error.ts';
import type { PushMessage, PushOutcome, PushSender } from '../../flows/device/ports.ts';
import { type CallSns, textIn } from './query-protocol.ts';

/** Pushes through SNS platform endpoints, with payloads for APNs and FCM v1. */
export class SnsPush implements PushSender {
  readonly #sns: CallSns;
  readonly #apnsTopic: string | undefined;

  constructor(sns: CallSns, apnsTopic: string | undefined) {
    this.#sns = sns;
    this.#apnsTopic = apnsTopic;
  }

  send(devices: readonly Device[], message: PushMessage, now: number): Promise<readonly PushOutcome[]> {
    return Promise.all(devices.map((device) => this.#publish(device, message, now)));
  }

  async #publish(device: Device, message: PushMessage, now: number): Promise<PushOutcome> {
    const { reach, sub, deviceId } = device;
    if (reach.kind === 'none') return { outcome: 'accepted' };
    const { platform, endpointArn } = reach;
    try {
      const answer = await this.#sns('Publish', {
        TargetArn: endpointArn,
        MessageStructure: 'json',
        Message: JSON.stringify(payloads({ platform, deviceId }, message, now)),
        ...attributeParameters(this.#attributes(platform, message, now)),
      });
      return { outcome: 'accepted', messageId: textIn(answer, 'MessageId') };
    } catch (error) {
      const { name, message: text } = error instanceof Error ? error : { name: 'unknown', message: '' };
      // For a deleted endpoint SNS reports an invalid TargetArn. Any other invalid parameter is the provider's mistake,
      // not the phone's.
      const isDeleted = name.startsWith('InvalidParameter') && /TargetArn/.test(text);
      const errorName = isDeleted ? ENDPOINT_DELETED : name;
      if (pushErrorKind(errorName) !== 'endpoint_dead') return { outcome: 'outage', error: errorName };
      return { outcome: 'unreachable', error: errorName, device: { sub, deviceId, endpointArn } };
    }
  }

  /**
   * Returns the message attributes of a push. SNS would keep a push for four weeks; a push must not outlive its
   * request.
   */
  #attributes(platform: Platform, message: PushMessage, now: number): Readonly<Record<string, string>> {
    const ttl = String(Math.max(message.expiresAt - now, 1));
    if (platform === 'GCM') return { 'AWS.SNS.MOBILE.FCM.TTL': ttl };
    const prefix = `AWS.SNS.MOBILE.${platform}`;
    return {
      [`${prefix}.TTL`]: ttl,
      'AWS.SNS.MOBILE.APNS.PUSH_TYPE': isSilent(message) ? 'background' : 'alert',
      'AWS.SNS.MOBILE.APNS.PRIORITY': isSilent(message) ? '5' : '10',
      'AWS.SNS.MOBILE.APNS.COLLAPSE_ID': collapseIdOf(message),
      ...(this.#apnsTopic !== undefined && { 'AWS.SNS.MOBILE.APNS.TOPIC': this.#apnsTopic }),
    };
  }
}

/** The names of the texts that the app has in its languages. */
const LOC_KEYS: Readonly<Record<Exclude<PushMessage['type'], 'request_withdrawn'>, string>> = {
  authentication_request: 'CIBA_REQUEST',
  authentication_request_reminder: 'CIBA_REMINDER',
  device_enrolled: 'CIBA_DEVICE_ENROLLED',
};

/** Returns the parameters of message attributes, which are all texts. */
function attributeParameters(attributes: Readonly<Record<string, string>>): Record<string, string> {
  const entries = Object.entries(attributes).flatMap(([name, value], index) => {
    const attribute = `MessageAttributes.entry.${index + 1}`;
    return [
      [`${attribute}.Name`, name],
      [`${attribute}.Value.DataType`, 'String'],
      [`${attribute}.Value.StringValue`, value],
    ];
  });
  return Object.fromEntries(entries);
}

/**
 * Returns the payload for the platform. It contains ids and instants only, because lock screens, Apple and Google see
 * it. The texts are generic; the app fetches the rest.
 */
function payloads(
  { platform, deviceId }: { platform: Platform; deviceId: string },
  message: PushMessage,
  now: number,
): Record<string, string> {
  const data: Record<string, string> = {
    type: message.type,
    device_id: deviceId,
    expires_at: String(message.expiresAt),
    ...('requestId' in message ? { request_id: message.requestId } : { new_device_id: message.deviceId }),
  };
  const collapse = collapseIdOf(message);
  if (platform === 'GCM') {
    const ttl = `${Math.max(message.expiresAt - now, 1)}s`;
    const priority = isSilent(message) ? 'normal' : 'high';
    const fcm = { fcmV1Message: { message: { data, android: { priority, ttl, collapse_key: collapse } } } };
    return { default: message.type, GCM: JSON.stringify(fcm) };
  }
  return { default: message.type, [platform]: JSON.stringify({ aps: apsOf(message), ciba: data }) };
}

/** Returns what iOS shows. A silent push only wakes the app, which shows nothing unless it wants to. */
function apsOf({ type }: PushMessage): Readonly<Record<string, unknown>> {
  if (type === 'request_withdrawn') return { 'content-available': 1 };
  const locKey = LOC_KEYS[type];
  return { alert: { 'title-loc-key': `${locKey}_TITLE`, 'loc-key': locKey }, sound: 'default', 'mutable-content': 1 };
}

/**
 * Returns whether a push shows nothing of its own. Apple takes a push that only wakes the app as a background push of
 * low priority, and Google lowers the priority of an app whose urgent messages show nothing.
 */
function isSilent({ type }: PushMessage): boolean {
  return type === 'request_withdrawn';
}

/**
 * Returns the collapse id, at most 64 bytes. A push replaces the one before with the same id. So a withdrawal replaces
 * the request on its way to a phone that is offline.
 */
function collapseIdOf(message: PushMessage): string {
  return 'requestId' in message ? message.requestId : `enrolled-${message.deviceId}`.slice(0, 64);
}
