import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

// The types of compile-apart.test.ts hold nothing unless the code names them. Each row is a place that must name one,
// and what could be forgotten in silence if it did not.

const TIES = [
  ['provider/core/deciding/shown-details.ts', 'const document: Whole<DetailsDocument> =', 'a detail that is not shown'],
  [
    'provider/core/deciding/shown-details.ts',
    'freezeDetails(details: Whole<RequestDetails>)',
    'a detail that is not given',
  ],
  ['provider/core/asking/asked.ts', 'others satisfies Nothing;', 'a parameter that is read and not asked for'],
  ['provider/core/asking/asked.ts', 'Result<Whole<Asked>>', 'a member of what is asked for'],
  ['provider/core/token/access-token.ts', 'others satisfies Nothing;', 'a member of a grant that is in no token'],
  ['provider/core/client/registration.ts', 'Whole<Client>', 'a member of a client that is not registered'],
  ['provider/core/client/registration.ts', 'others satisfies Nothing;', 'a member of a client that is not described'],
  [
    'provider/core/client/registration.ts',
    'satisfies Whole<ClientMetadata>',
    'a row of metadata that is not described',
  ],
  ['provider/core/operating/log-line.ts', 'Whole<RequestLine>', 'a field that is not written'],
  ['provider/core/operating/log-line.ts', 'Whole<AwsCallLine>', 'a field of a call of AWS that is not written'],
  ['provider/adapters/settings.ts', 'Whole<Settings>', 'a setting that is not read'],
  ['provider/adapters/dynamodb/requests-table.ts', 'unstored satisfies Nothing;', 'a part of a new request'],
  ['provider/adapters/dynamodb/forms/request-form.ts', '): Whole<StoredDetails> {', 'a stored detail'],
  ['provider/adapters/dynamodb/signing-keys-table.ts', 'unstored satisfies Nothing;', 'a member of a private half'],
  ['provider/adapters/dynamodb/forms/request-form.ts', 'const facts: FactsForm =', 'a fact that is not stored'],
  ['provider/adapters/dynamodb/forms/request-form.ts', '): Whole<RequestFacts> {', 'a fact that is not read back'],
  ['provider/adapters/dynamodb/forms/request-form.ts', '): Whole<AuthenticationRequest> {', 'a member of a state'],
  ['provider/adapters/dynamodb/forms/request-form.ts', 'unstored satisfies Nothing;', 'a member of a decision'],
  ['provider/adapters/dynamodb/forms/request-form.ts', 'const stored: StoredGrant =', 'a grant that was stored before'],
  [
    'provider/adapters/dynamodb/forms/client-form.ts',
    'const stored: StoredClient =',
    'a client that was stored before',
  ],
  ['provider/adapters/dynamodb/forms/device-form.ts', 'unstored satisfies Nothing;', 'a member of a device'],
  ['provider/adapters/dynamodb/forms/device-form.ts', '): Whole<Device> {', 'a member of a device'],
  ['provider/adapters/dynamodb/forms/notification-form.ts', 'unstored satisfies Nothing;', 'what a ping carries'],
  ['provider/adapters/dynamodb/forms/signing-key-form.ts', 'unstored satisfies Nothing;', 'a member of a key'],
  ['provider/adapters/dynamodb/forms/signing-key-form.ts', '): Whole<SigningKey> {', 'a member of a key'],
  [
    'provider/adapters/dynamodb/forms/revoked-token-form.ts',
    'unstored satisfies Nothing;',
    'a member of a revoked token',
  ],
  ['provider/adapters/dynamodb/forms/revoked-token-form.ts', '): Whole<RevokedToken> {', 'a member of a revoked token'],
  ['provider/adapters/dynamodb/forms/user-form.ts', 'unstored satisfies Nothing;', 'a member of a user or of a ticket'],
  ['provider/adapters/dynamodb/forms/user-form.ts', '): Whole<User> {', 'a member of a user'],
  ['provider/adapters/dynamodb/forms/user-form.ts', '): Whole<EnrolmentTicket> {', 'a member of a ticket'],
  ['provider/adapters/dynamodb/forms/evidence-key-form.ts', 'unstored satisfies Nothing;', 'a member of a key'],
  ['provider/adapters/dynamodb/forms/evidence-key-form.ts', '): Whole<EvidenceKey> {', 'a member of a key'],
  ...(['Profile', 'Ticket', 'Identifier', 'Device', 'Request', 'Status', 'Asked', 'Grant'] as const).map(
    (kind) =>
      [
        'provider/adapters/dynamodb/forms/kept-form.ts',
        `told satisfies Told<typeof told, Kept${kind}>;`,
        'a stored attribute of which a person is not told',
      ] as const,
  ),
  ['provider/adapters/dynamodb/forms/kept-form.ts', 'untold satisfies Nothing;', 'an attribute of an evidence key'],
  ['provider/adapters/sns/sns-announcements.ts', 'const message: Whole<AnnouncementMessage> =', 'what is announced'],
] as const;

it.each(TIES)('%s names `%s`, so that the compiler sees %s', (path, text) => {
  expect(readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')).toContain(text);
});
