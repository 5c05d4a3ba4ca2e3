import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as openid from 'openid-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { trustingFetch } from '../support/trusting-fetch.ts';
import { CIBA_GRANT, World } from '../support/world.ts';

let world: World;
let folder: string;
let trusted: typeof fetch;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'https-'));
  world = await World.start({ https: { port: 0, mtlsPort: 0, authority: folder } });
  trusted = trustingFetch(await readFile(world.runtime.secure?.authority.path ?? '', 'utf8'));
});
afterAll(async () => {
  await world?.close();
  await rm(folder, { recursive: true });
});

describe('a provider over https', () => {
  it('is its own issuer, and a client logs a user in with no call that is not https (CIBA §7, OpenID Connect Discovery §4)', async () => {
    const client = await world.client();
    const { email, phone } = await world.person();
    const config = await openid.discovery(
      new URL(world.issuer),
      client.client_id,
      {},
      openid.ClientSecretBasic(client.client_secret),
      { [openid.customFetch]: (url, options) => trusted(url, options as RequestInit) },
    );
    expect(config.serverMetadata().issuer).toMatch(/^https:\/\/localhost:\d+\/$/);
    const asked = await openid.initiateBackchannelAuthentication(config, { scope: 'openid', login_hint: email });
    const [{ request_id = '' } = {}] = await phone.list();
    expect(await world.answer(phone, request_id, 'approve')).toBe(204);
    const { auth_req_id } = asked;
    const tokens = await openid.genericGrantRequest(config, CIBA_GRANT, { auth_req_id });
    expect(tokens).toMatchObject({ token_type: 'bearer', id_token: expect.stringMatching(/^ey/) });
  });
});
