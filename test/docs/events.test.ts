import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { FailureCause } from '../../provider/core/deciding/authentication-request.ts';
import type { ProviderEventName } from '../../provider/core/operating/provider-event.ts';
import type { TakenBack } from '../../provider/core/token/refusals.ts';
import { codeBlocksIn, root } from '../support/code-blocks.ts';
import { schemaErrors } from '../support/json-schema.ts';

// docs/events.md and its schema. test/e2e/events.test.ts holds real events to the same schema.

/** All of them: one that is missing here does not compile. */
const NAMES: Readonly<Record<ProviderEventName, true>> = {
  authentication_requested: true,
  authentication_approved: true,
  authentication_denied: true,
  fraud_reported: true,
  authentication_expired: true,
  authentication_failed: true,
  token_revoked: true,
  device_enrolled: true,
  device_removed: true,
  user_blocked: true,
  user_unblocked: true,
  client_created: true,
  client_updated: true,
  client_removed: true,
};
const REASONS: Readonly<Record<TakenBack | FailureCause | 'not_reached', true>> = {
  not_reached: true,
  withdrawn: true,
  wrong_number: true,
  user_removed: true,
  user_replaced: true,
  user_blocked: true,
  client_reported: true,
  device_removed: true,
  client_removed: true,
  client_replaced: true,
  grant_type_removed: true,
  user_not_for_client: true,
  audience_removed: true,
  scopes_removed: true,
};

const page = readFileSync(join(root, 'docs/events.md'), 'utf8');
const schema = JSON.parse(readFileSync(join(root, 'docs/events.schema.json'), 'utf8'));
const names: string[] = schema.oneOf.map(({ $ref }: { $ref: string }) => $ref.replace('#/$defs/', ''));
const examples = codeBlocksIn('docs/events.md', 'json').map(({ text }) => JSON.parse(text));

describe('docs/events.md', () => {
  it('has an example of each event, which the schema accepts', () => {
    expect(examples.map((event) => event['detail-type']).toSorted()).toEqual(names.toSorted());
    for (const event of examples) expect(schemaErrors(schema, event), event['detail-type']).toEqual([]);
  });

  it('knows the events that there are', () => {
    expect(names.toSorted()).toEqual(Object.keys(NAMES).toSorted());
  });

  it('says when each event happens, and what each member means', () => {
    const members = new Set(
      names.flatMap((name) => Object.keys(schema.$defs[name].properties.detail.properties as object)),
    );
    for (const word of [...names, ...members]) expect(page, word).toContain(`\`${word}\``);
  });
});

describe('the schema', () => {
  const [example] = examples;
  const changed = (detail: object) => ({ ...example, detail: { ...example.detail, ...detail } });

  it.each([
    ['a member that is missing', { sub: undefined }],
    ['an id of another form', { id: 'x' }],
    ['a member that it does not know', { email: 'ana@example.com' }],
    ['an instant that is no number', { at: '2026' }],
  ])('refuses %s', (_, detail) => {
    expect(schemaErrors(schema, JSON.parse(JSON.stringify(changed(detail))))).not.toEqual([]);
  });

  it('refuses another source and an event that it does not know', () => {
    expect(schemaErrors(schema, { ...example, source: 'other' })).not.toEqual([]);
    expect(schemaErrors(schema, { ...example, 'detail-type': 'other' })).not.toEqual([]);
  });

  it('has each reason for which an approval is taken back', () => {
    const { reason } = schema.$defs.authentication_failed.properties.detail.properties;
    expect(reason.enum.toSorted()).toEqual(Object.keys(REASONS).toSorted());
  });
});
