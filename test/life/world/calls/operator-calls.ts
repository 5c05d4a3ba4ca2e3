import type { Result } from '../../../../provider/core/result.ts';
import { createClient, removeClient, updateClient } from '../../../../provider/flows/client/manage-clients.ts';
import { unblockClient } from '../../../../provider/flows/person/manage-blocks.ts';
import { removeUserDevice, updateUser } from '../../../../provider/flows/person/manage-users.ts';
import type { Attempt, Taking } from '../history.ts';
import type { Invocation } from '../invocation.ts';
import type { KnownClient, World } from '../world.ts';
import { heard, nextCall } from './calling.ts';

// What operators do: each is one call of the admin function. What they take back is remembered once it is acknowledged.

type AdminPorts = Parameters<Parameters<World['functions']['admin']['invoke']>[1]>[0];

const by = 'olga';

function change<Value>(
  world: World,
  { words, facts, isTold }: { words: string; facts: Taking | undefined; isTold: boolean },
  work: (ports: AdminPorts) => Promise<Result<Value>>,
  done: (value: Value) => void = () => undefined,
): Promise<Invocation> {
  const title = nextCall(world);
  world.story.tell(`An operator ${words} (${title}).`);
  const attempt: Attempt | undefined = facts && { ...facts, startedAt: world.scheduler.next() };
  if (attempt) world.history.attempts.push(attempt);
  return world.functions.admin.invoke({ title, isTold }, work, (outcome, invocation) => {
    const said = heard(world, outcome, { invocation, success: 'done' });
    world.story.tell(`  ${title} is answered: ${said}.`);
    if (attempt && !invocation.isDisturbed) attempt.endedAt = world.scheduler.next();
    if (!outcome.ok) return;
    const { startedAt, startedClock } = invocation;
    if (facts) world.history.revocations.push({ ...world.when, startedAt, startedClock, ...facts });
    done(outcome.value);
  });
}

export function blockUser(world: World, sub: string, isTold: boolean) {
  const facts = { what: 'user blocked', sub } as const;
  return change(world, { words: `blocks ${sub}`, facts, isTold }, (ports) =>
    updateUser(ports, { sub, profile: { blocked: true }, by }),
  );
}

export function unblockUser(world: World, sub: string, isTold: boolean) {
  const facts = { what: 'user unblocked', sub } as const;
  return change(world, { words: `unblocks ${sub}`, facts, isTold }, (ports) =>
    updateUser(ports, { sub, profile: { blocked: false }, by }),
  );
}

export function removeDevice(world: World, { sub, deviceId }: World['phones'][number], isTold: boolean) {
  const facts = { what: 'device removed', sub, deviceId } as const;
  return change(world, { words: `removes ${deviceId}`, facts, isTold }, (ports) =>
    removeUserDevice(ports, { sub, deviceId, by }),
  );
}

export function removeAClient(world: World, { clientId, name, registrationId }: KnownClient, isTold: boolean) {
  const facts = { what: 'client removed', clientId, registrationId } as const;
  return change(world, { words: `removes ${name}`, facts, isTold }, (ports) => removeClient(ports, clientId, by));
}

/** Registers another client under the id of one that was removed. */
export function registerAnother(world: World, client: KnownClient, isTold: boolean) {
  const { clientId, name, mode, numberMatching } = client;
  const metadata = {
    client_id: clientId,
    client_name: name,
    scope: 'openid payments',
    token_endpoint_auth_method: 'client_secret_basic',
    id_token_signed_response_alg: 'ES256',
    access_token_signed_response_alg: 'ES256',
    backchannel_token_delivery_mode: mode,
    ...(numberMatching && { number_matching: numberMatching }),
    ...(world.scene.hasUserCode && { backchannel_user_code_parameter: true }),
    ...(mode !== 'poll' && { backchannel_client_notification_endpoint: `https://${clientId}.example/new` }),
  } as const;
  return change(
    world,
    { words: `registers another client as ${clientId}`, facts: undefined, isTold },
    (ports) => createClient(ports, metadata, by),
    ({ client_secret: secret = '' }) => {
      const { Item } = world.engine.get({
        TableName: 'Directory',
        Key: { pk: { S: `CLIENT#${clientId}` }, sk: { S: 'CLIENT' } },
      });
      Object.assign(client, { secret, registrationId: Item?.['registration_id']?.S, scopes: ['openid', 'payments'] });
    },
  );
}

export function narrowClient(world: World, client: KnownClient, isTold: boolean) {
  const { clientId, name } = client;
  const facts = { what: 'client narrowed', clientId, scopes: ['openid'] } as const;
  return change(world, { words: `takes the scope payments from ${name}`, facts, isTold }, (ports) =>
    updateClient(ports, { clientId, metadata: { scope: 'openid' }, newSecret: false, by }),
  );
}

export function endReport(world: World, { clientId, name }: KnownClient, how: { sub: string; isTold: boolean }) {
  const { sub, isTold } = how;
  const facts = { what: 'report ended', clientId, sub } as const;
  return change(world, { words: `ends ${sub}'s report of ${name}`, facts, isTold }, (ports) =>
    unblockClient(ports, { sub, clientId, by }),
  );
}
