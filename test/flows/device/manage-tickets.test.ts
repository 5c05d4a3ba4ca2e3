import { describe, expect, it } from 'vitest';
import { sha256 } from '../../../provider/core/digest.ts';
import type { User } from '../../../provider/core/person/user.ts';
import { createTicket, endTickets, listTickets } from '../../../provider/flows/device/manage-tickets.ts';
import { removeUserDevice } from '../../../provider/flows/person/manage-users.ts';
import { NOW, refusalOf, valueFrom } from '../../core/given.ts';
import { usersWorld } from '../person/given.ts';
import { Outage } from '../world/journal.ts';
import { ANA } from '../world/world.ts';

const NO_USER = { reason: 'not_found', what: 'user' };
const BLOCKED = { reason: 'conflict', what: 'blocked' };
const AUDITED = { sub: 'ana', by: 'operator', at: NOW };

describe('an operator makes a ticket', () => {
  it('that is stored as a hash; the URI names issuer and ticket, which is all a phone needs', async () => {
    const { ports, journal, users, ticketOwners, audited } = usersWorld();
    const hash = sha256('secret-1');
    expect(valueFrom(await createTicket(ports, 'ana', 'operator'))).toEqual({
      ticket: 'secret-1',
      ticket_id: hash.slice(0, 16),
      uri: 'ciba://enrol?issuer=https%3A%2F%2Fop.example%2F&ticket=secret-1',
      expires_at: NOW + 600,
    });
    expect(journal.calls).toEqual(['find user ana', 'issue ticket for ana', 'audit ticket_created']);
    expect(users.get('ana')?.ticket).toEqual({ hash, issuedAt: NOW, expiresAt: NOW + 600 });
    expect([...ticketOwners]).toEqual([[hash, 'ana']]);
    expect(audited).toEqual([{ event: 'ticket_created', ...AUDITED }]);
  });

  it('which ends the one before', async () => {
    const { ports, users } = usersWorld();
    await createTicket(ports, 'ana', 'operator');
    await createTicket(ports, 'ana', 'operator');
    expect(users.get('ana')?.ticket?.hash).toBe(sha256('secret-2'));
  });

  it('but not for nobody', async () => {
    const { ports, journal } = usersWorld([]);
    expect(refusalOf(await createTicket(ports, 'ana', 'operator'))).toEqual(NO_USER);
    expect(journal.calls).toEqual(['find user ana']);
  });

  it.each<[string, (users: Map<string, User>) => void, object]>([
    ['who is blocked', (users) => users.set('ana', { ...ANA, status: 'blocked' }), BLOCKED],
    ['who is gone', (users) => users.delete('ana'), NO_USER],
    ['whose sub another person has', (users) => users.set('ana', { ...ANA, profileId: 'profile-2' }), NO_USER],
  ])('but not for a user %s by now, and nothing is audited', async (_name, happens, refusal) => {
    const { ports, journal, users, ticketOwners, audited } = usersWorld();
    journal.meanwhile('issue', () => happens(users));
    expect(refusalOf(await createTicket(ports, 'ana', 'operator'))).toEqual(refusal);
    expect([users.get('ana')?.ticket, ticketOwners.size, audited]).toEqual([undefined, 0, []]);
  });
});

describe('an operator takes a ticket back', () => {
  const USED = { keyThumbprint: 'thumbprint', deviceId: 'phone', isReported: true };

  it('and sees before what can still be used, and by which device it was used, but not the ticket', async () => {
    const { ports, users, time } = usersWorld();
    expect(valueFrom(await listTickets(ports, 'ana'))).toEqual({ tickets: [] });
    const { ticket_id } = valueFrom(await createTicket(ports, 'ana', 'operator'));
    const open = { ticket_id, issued_at: NOW, expires_at: NOW + 600 };
    expect(valueFrom(await listTickets(ports, 'ana'))).toEqual({ tickets: [open] });
    const ticket = users.get('ana')?.ticket;
    users.set('ana', { ...ANA, ticket: ticket && { ...ticket, use: USED } });
    expect(valueFrom(await listTickets(ports, 'ana'))).toEqual({ tickets: [{ ...open, device_id: 'phone' }] });
    time.now += 600;
    expect(valueFrom(await listTickets(ports, 'ana'))).toEqual({ tickets: [] });
  });

  it('by ending it: the device that it enrolled stays', async () => {
    const { ports, users, audited } = usersWorld();
    await createTicket(ports, 'ana', 'operator');
    expect(await endTickets(ports, 'ana', 'operator')).toEqual({ ok: true, value: true });
    expect(users.get('ana')).toEqual({ ...ANA, ticket: undefined });
    expect(audited.at(-1)).toEqual({ event: 'ticket_ended', ...AUDITED });
    expect((await endTickets(ports, 'ana', 'operator')).ok).toBe(true);
  });

  it('unless another call replaced it meanwhile: the newer one stays, and the operator is told', async () => {
    const { ports, journal, users, audited } = usersWorld();
    await createTicket(ports, 'ana', 'operator');
    const newer = { ...ANA, ticket: { hash: 'newer', issuedAt: NOW, expiresAt: NOW + 600 } };
    journal.meanwhile('end ticket', () => users.set('ana', newer));
    expect(refusalOf(await endTickets(ports, 'ana', 'operator'))).toEqual({ reason: 'conflict', what: 'ticket' });
    expect(users.get('ana')).toBe(newer);
    expect(audited.map(({ event }) => event)).toEqual(['ticket_created']);
  });

  it('by blocking the user, and an unblock does not bring it back', async () => {
    const { ports, users, update } = usersWorld();
    await createTicket(ports, 'ana', 'operator');
    await update({ name: 'Anna' });
    expect(users.get('ana')?.ticket).toBeDefined();
    await update({ blocked: true });
    const blockCount = ANA.blockCount + 1;
    expect([users.get('ana')?.ticket, users.get('ana')?.blockCount]).toEqual([undefined, blockCount]);
    await update({ blocked: false });
    expect(users.get('ana')).toMatchObject({ status: 'active', blockCount });
    expect(users.get('ana')?.ticket).toBeUndefined();
    expect(users.get('ana')?.deviceIds).toEqual(ANA.deviceIds);
  });

  it('by removing the device that it enrolled, and not by removing another', async () => {
    const { ports, users } = usersWorld();
    const ticket = { hash: 'hash', issuedAt: NOW, expiresAt: NOW + 600, use: USED };
    users.set('ana', { ...ANA, ticket });
    await removeUserDevice(ports, { sub: 'ana', deviceId: 'tablet', by: 'operator' });
    expect(users.get('ana')?.ticket).toBe(ticket);
    await removeUserDevice(ports, { sub: 'ana', deviceId: 'phone', by: 'operator' });
    expect(users.get('ana')?.ticket).toBeUndefined();
  });

  it('but not of nobody', async () => {
    const { ports, audited } = usersWorld([]);
    expect(refusalOf(await listTickets(ports, 'ana'))).toEqual(NO_USER);
    expect(refusalOf(await endTickets(ports, 'ana', 'operator'))).toEqual(NO_USER);
    expect(audited).toEqual([]);
  });
});

it('an outage while a ticket is issued is a fault, never "not found", and audits nothing', async () => {
  const { ports, journal, audited } = usersWorld();
  journal.breakAt('issue ticket');
  await expect(createTicket(ports, 'ana', 'operator')).rejects.toThrow(Outage);
  expect(audited).toEqual([]);
});
