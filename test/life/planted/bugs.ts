import type { Break } from '../../must/requirement.ts';

/** A bug that is planted into the provider: a change of its source, and the story that it makes possible. */
export type PlantedBug = Break & { readonly name: string; readonly means: string };

const REDEEMABLE = 'provider/adapters/dynamodb/redeemable-requests-table.ts';
const DECIDABLE = 'provider/adapters/dynamodb/decidable-requests-table.ts';
const ANSWER = 'provider/flows/deciding/answer-request.ts';
const GRANT = 'provider/flows/token/grants/ciba.ts';
const PUSH = 'provider/flows/notifying/push/push-to-client.ts';
const NOTIFICATIONS = 'provider/adapters/dynamodb/notifications-table.ts';
const WINDOWS = 'provider/adapters/dynamodb/rate-windows-table.ts';

/** Each must be found by `npm run life:planted`. */
export const PLANTED_BUGS: readonly PlantedBug[] = [
  {
    name: 'a skipped condition',
    means: 'The claim does not ask whether the request is still approved, so two polls at once both get tokens.',
    file: REDEEMABLE,
    text: "'#client_id = :client AND #state = :approved AND #expires_at > :oldest',",
    broken: "'#client_id = :client AND #expires_at > :oldest AND :approved = :approved',",
  },
  {
    name: 'a claim before minting',
    means: 'The request is redeemed before its tokens are signed, so a failure while signing loses the approval.',
    file: GRANT,
    text: `  const issued = await issueTokens(ports, { client, grant, confirmation, now });
  const claim = await ports.requests.claimApproved({ request, now });
  if (!claim.recorded) return refuse(lostTo(claim.stored, client, now));`,
    broken: `  const claim = await ports.requests.claimApproved({ request, now });
  if (!claim.recorded) return refuse(lostTo(claim.stored, client, now));
  const issued = await issueTokens(ports, { client, grant, confirmation, now });`,
  },
  {
    name: 'a forgotten intent',
    means: 'A decision is announced after it was committed, so a crash between the two loses the notification.',
    file: ANSWER,
    text: `    if (clientId !== undefined && !awaitsNumber(stored, answer.value))
      await ports.announcements.announce({ requestId, clientId, correlationId });
    return record({ ...ports, done }, { ...valid, verification: verification.value, stored }, details);`,
    broken: `    const recorded = await record({ ...ports, done }, { ...valid, verification: verification.value, stored }, details);
    if (clientId !== undefined && !awaitsNumber(stored, answer.value))
      await ports.announcements.announce({ requestId, clientId, correlationId });
    return recorded;`,
  },
  {
    name: 'an interval that is reset',
    means: 'A poll that comes too fast sets the interval to 10 seconds, also where it was longer already.',
    file: REDEEMABLE,
    text: "'#interval_seconds = #interval_seconds + :step',",
    broken: "'#interval_seconds = :step',",
  },
  {
    name: 'a decision without evidence',
    means: 'The evidence is stored while the decision is committed, and not before it.',
    file: 'provider/flows/operating/audited-change.ts',
    text: "if (!isStored && !takesAway && ports.settings.auditOutage === 'refuse') {",
    broken: "if (!isStored && !takesAway && ports.settings.auditOutage === 'proceed') {",
  },
  {
    name: 'a revocation that is not read again',
    means: 'The winning poll trusts the copy of the client that it has, so a client that was removed gets tokens.',
    file: GRANT,
    text: 'ports.clients.findAnew(clientId)]);',
    broken:
      '(async () => (await (ports as unknown as { clients: { find(id: string): Promise<{ client: Awaited<ReturnType<typeof ports.clients.findAnew>> }> } }).clients.find(clientId)).client)()]);',
  },
  {
    name: 'a lease that is not checked',
    means: 'Two consumers of the same message both take the lease, and both notify the client.',
    file: NOTIFICATIONS,
    text: "'attribute_exists(#auth_req_id) AND #leased_until <= :now'",
    broken: "'attribute_exists(#auth_req_id) AND :now = :now'",
  },
  {
    name: 'a sealed body that is minted again',
    means: 'A try that finds sealed tokens makes new ones in place of sending those bytes.',
    file: PUSH,
    text: "  return body === undefined ? 'unreadable' : { endpoint, body, until: sealed.until, noted: { pushed: 'tokens' } };",
    broken: `  const again = (await ports.signer.sign({ made: 'again' }, { algorithm: 'ES256', type: 'at+jwt' }));
  return body === undefined ? 'unreadable' : { endpoint, body: body.replace(/"access_token":"[^"]*"/, \`"access_token":"\${again}"\`), until: sealed.until, noted: { pushed: 'tokens' } };`,
  },
  {
    name: 'an expiry that is compared wrongly',
    means: 'A decision is committed without a look at the expiry, so a slow answer decides a request that has ended.',
    file: DECIDABLE,
    text: 'AND #profile_id = :profile AND #state = :pending AND #expires_at > :now',
    broken: 'AND #profile_id = :profile AND #state = :pending AND :now = :now',
  },
  {
    name: 'a limit that is not compared',
    means: 'An attempt is counted without a look at the limits, so a person is rung without end.',
    file: WINDOWS,
    text: 'condition: limits ? ',
    broken: 'condition: limits && now < 0 ? ',
  },
  {
    name: 'a second decision',
    means: 'A decision is committed over another one, so the phone that was first is told something untrue.',
    file: DECIDABLE,
    text: 'AND #profile_id = :profile AND #state = :pending AND #expires_at > :now',
    broken: 'AND #profile_id = :profile AND :pending = :pending AND #expires_at > :now',
  },
  {
    name: 'a write that does not recognise itself',
    means: 'The claim has no nonce, so its own repetition after a lost answer takes it for a lost race.',
    file: 'provider/adapters/dynamodb/table.ts',
    text: 'const isOwn = nonce !== undefined && old?.[nonce.attribute] === nonce.value;',
    broken: 'const isOwn = nonce !== undefined && old?.[nonce.attribute] === undefined;',
  },
  {
    name: 'an unconditional withdrawal',
    means: 'A withdrawal does not ask for the state, so it ends also what was denied, or redeemed.',
    file: 'provider/adapters/dynamodb/withdrawable-requests-table.ts',
    text: '(#state = :approved OR (#state = :pending AND',
    broken: '(:approved = :approved OR (:pending = :pending AND',
  },
];
