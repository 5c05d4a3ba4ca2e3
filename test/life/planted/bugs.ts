import type { Break } from '../../must/requirement.ts';

/** A bug that is planted into the provider: a change of its source, and the story that it makes possible. */
export type PlantedBug = Break & { readonly name: string; readonly means: string };

const REDEEMABLE = 'provider/adapters/dynamodb/redeemable-requests-table.ts';
const DECIDABLE = 'provider/adapters/dynamodb/decidable-requests-table.ts';
const ANSWER = 'provider/flows/deciding/answer-request.ts';
const GRANT = 'provider/flows/token/grants/ciba.ts';
const PUSH = 'provider/flows/notifying/push/push-to-client.ts';
const NOTIFICATIONS = 'provider/adapters/dynamodb/notifications-table.ts';
const NUMBERED = 'provider/adapters/dynamodb/numbered-requests-table.ts';
const RUNG = 'provider/adapters/dynamodb/rung-requests-table.ts';
const DENIALS = 'provider/flows/deciding/client-denials.ts';
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
    name: 'a client that is not read again',
    means: 'The winning poll trusts the client that authenticated it, which may be a copy of a minute ago.',
    file: GRANT,
    text: `  { client: { clientId }, credential, confirmation, form, note }: GrantCall,
  request: ApprovedRequest,
): Promise<Result<IssuedTokens>> {
  const { requestId, sub, issuedAt } = request;
  const [owner, registered] = await Promise.all([findUserWithDevices(ports, sub), ports.clients.findAnew(clientId)]);`,
    broken: `  { client: registered, credential, confirmation, form, note }: GrantCall,
  request: ApprovedRequest,
): Promise<Result<IssuedTokens>> {
  const { requestId, sub, issuedAt } = request;
  const owner = await findUserWithDevices(ports, sub);`,
  },
  {
    name: 'an approval that is not judged again',
    means: 'The winning poll does not ask whether the person was blocked, or the phone removed, since the approval.',
    file: GRANT,
    text: '  const judged = judgeGrant(request.grant, { owner, client: registered }, use);',
    broken: `  const judged = registered
    ? ({ outcome: 'stands', grant: request.grant, client: registered } as ReturnType<typeof judgeGrant>)
    : judgeGrant(request.grant, { owner, client: registered }, use);`,
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
  {
    name: 'tokens before the number',
    means: 'An approval counts at once although its client has still to enter the number.',
    file: 'provider/adapters/dynamodb/forms/request-form.ts',
    text: "return number === undefined ? { state: 'approved', ...approved } : { ...approved, number };",
    broken: "return { state: 'approved', ...approved, ...(number !== undefined && { number }) };",
  },
  {
    name: 'an approval that is noticed before its number',
    means: 'The approval lets the client ask anew, although it still waits for the number.',
    file: ANSWER,
    text: 'if (awaited === undefined) await changePause(ports, { ...valid, details });',
    broken: 'await changePause(ports, { ...valid, details });',
  },
  {
    name: 'a wrong number that is not counted',
    means: 'The count of wrong numbers is not compared, so two that are entered at once count as one.',
    file: NUMBERED,
    text: '#expires_at > :now AND ${condition}`',
    broken: '#expires_at > :now`',
  },
  {
    name: 'a fourth attempt',
    means: 'The third wrong number does not end the request.',
    file: NUMBERED,
    text: 'const failed = attemptsLeft === 0;',
    broken: 'const failed = attemptsLeft < 0;',
  },
  {
    name: 'a denial that comes too late',
    means: 'An approval that waits for its number cannot be denied.',
    file: 'provider/core/deciding/authentication-request.ts',
    text: "(request?.state === 'awaiting_number' && decision === 'deny')",
    broken: "(request?.state === 'awaiting_number' && decision !== 'deny' && decision !== 'approve')",
  },
  {
    name: 'a resend of what is decided',
    means:
      'The write that counts a resend does not ask for the state, so the phones ring for a request that was denied.',
    file: RUNG,
    text: '#registration_id = :registration AND #state = :pending AND #expires_at > :now AND ${condition}`',
    broken: '#registration_id = :registration AND :pending = :pending AND #expires_at > :now AND ${condition}`',
  },
  {
    name: 'a resend without a pause',
    means: 'The write that counts a resend does not compare the pause, so two at once both ring.',
    file: RUNG,
    text: 'AND ((attribute_not_exists(#next_resend_at) AND #issued_at <= :first) OR #next_resend_at <= :now)`',
    broken: 'AND (:first = :first OR :now = :now)`',
  },
  {
    name: 'a reminder that two deliveries give',
    means: 'The write that counts a reminder does not compare when the next one may be tried.',
    file: RUNG,
    text: 'AND (attribute_not_exists(#next_reminder_at) OR #next_reminder_at <= :now)`',
    broken: '`',
  },
  {
    name: 'a reminder that is not sent on',
    means: 'A message that comes before its time is finished, and no other one comes.',
    file: 'provider/flows/notifying/remind-devices.ts',
    text: '  await ports.later.announceLater({ requestId, clientId, correlationId, reminds: true }, delay);',
    broken:
      '  if (delay < 1) await ports.later.announceLater({ requestId, clientId, correlationId, reminds: true }, delay);',
  },
  {
    name: 'an attempt that is not told',
    means: 'What became of an attempt to ring is looked for in the first place of the list only.',
    file: RUNG,
    text: 'const entry: Entry = `attempts[${here}]`;',
    broken: 'const entry: Entry = `attempts[0]`;',
  },
  {
    name: 'a hidden person who is told of',
    means: 'Where users are concealed, the client learns that a person has a user code.',
    file: 'provider/core/asking/concealment.ts',
    text: "  'missing_user_code',\n",
    broken: '',
  },
  {
    name: 'guesses at a user code without end',
    means: 'Attempts at a user code are counted, and the count is not compared.',
    file: WINDOWS,
    text: "guard: { condition: 'attribute_not_exists(#count) OR #count < :most', values: { most } },",
    broken: "guard: { condition: ':most = :most', values: { most } },",
  },
  {
    name: 'a denial without a pause',
    means: 'A denial is not counted, so the client asks again at once.',
    file: DENIALS,
    text: "  if (answer.decision === 'deny') await",
    broken: "  if (answer.decision === 'deny' && details.isAfterDenial) await",
  },
  {
    name: 'a request that stays open',
    means: 'A new request is refused because of one that has ended, where the function broke off that ended it.',
    file: 'provider/flows/asking/request/open-request.ts',
    text: 'return hasEnded(met, stored, now) ? openRequests',
    broken: 'return hasEnded(met, stored, now) && now < 0 ? openRequests',
  },
];
