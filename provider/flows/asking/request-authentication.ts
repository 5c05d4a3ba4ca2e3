import { checkAsked } from '../../core/asking/asked.ts';
import { parseBackchannelRequest } from '../../core/asking/backchannel-request.ts';
import { isHidden } from '../../core/asking/concealment.ts';
import { checkMayAsk } from '../../core/client/client.ts';
import type { Result } from '../../core/result.ts';
import { authenticateClient, type ClientAuthenticationPorts } from '../client/authenticate-client.ts';
import type { ClientCall } from '../client/authentication/method.ts';
import { askNobody } from './request/ask-nobody.ts';
import { type AskSilentlyPorts, askSilently } from './request/ask-silently.ts';
import { type FindAndCountPorts, findAndCount } from './request/find-and-count.ts';
import type { AuthenticationRequestAcknowledgement } from './request/new-request.ts';
import { type ReadParametersPorts, readParameters, useOnce } from './request/read-parameters.ts';
import { type StoreAndPushPorts, storeAndPush } from './request/store-and-push.ts';
import { type VerifyHintPorts, verifyHint } from './request/verify-hint.ts';

/** What this flow needs. */
export type RequestAuthenticationPorts = ClientAuthenticationPorts &
  ReadParametersPorts &
  FindAndCountPorts &
  AskSilentlyPorts &
  StoreAndPushPorts &
  VerifyHintPorts;

/**
 * Handles a client's request to authenticate a user (CIBA §7): authenticates the client, reads the parameters, which
 * may be signed, verifies the hint, finds the user, counts the attempt, stores the request, pushes, and answers. The
 * answer is a success only if SNS accepted the push for at least one device, or if one of the devices asks for requests
 * by itself. A client never waits for a phone that cannot ring, with two exceptions: if the user reported it for fraud,
 * and if users are concealed, it may wait for nobody.
 */
export async function requestAuthentication(
  ports: RequestAuthenticationPorts,
  call: ClientCall,
): Promise<Result<AuthenticationRequestAcknowledgement>> {
  const authenticated = await authenticateClient(ports, call);
  if (!authenticated.ok) return authenticated;
  const { client } = authenticated.value;
  const { settings, profile } = ports;
  const allowed = checkMayAsk(client, profile);
  if (!allowed.ok) return allowed;
  const read = await readParameters(ports, client, call.form);
  if (!read.ok) return read;
  const { deliveryMode, requiresOpenid = true, sendsUserCodes = false } = client;
  const policy = { ...settings, names: settings, deliveryMode, requiresOpenid, sendsUserCodes };
  const wanted = parseBackchannelRequest(read.value.parameters, policy);
  if (!wanted.ok) return wanted;
  const asked = checkAsked(wanted.value, client, settings);
  if (!asked.ok) return asked;
  const askedAt = ports.clock();
  const hint = await verifyHint(ports, { sent: wanted.value.hint, client }, askedAt);
  if (!hint.ok) return hint;
  const first = await useOnce(ports, client, read.value.signed);
  if (!first.ok) return first;
  const authReqId = ports.entropy.secret();
  const attempt = { client, wanted: { ...wanted.value, hint: hint.value }, authReqId, askedAt };
  const target = await findAndCount(ports, { ...attempt, asked: asked.value }, call.note);
  if (!target.ok) {
    const { refusal, counted } = target;
    return isHidden(refusal, settings) ? askNobody(ports, { ...attempt, refusal, counted }, call) : target;
  }
  const askable = { ...attempt, asked: asked.value, ...target.value };
  const { block } = askable;
  return block?.report && settings.blocksReported
    ? askSilently(ports, { ...askable, block }, call)
    : storeAndPush(ports, askable, call);
}
