import { existsSync, statSync } from 'node:fs';
import * as v from 'valibot';
import { Phone, parseTicketUri, phoneIdentity } from '../../local/demo/phone.ts';
import { Refused, WrongUsage } from '../command-line/failure.ts';
import { writeNewFile } from '../command-line/new-file.ts';
import { readBytes, readSecretWord } from '../command-line/option-reading.ts';
import { plainLine } from '../command-line/text-layout.ts';
import type { Deployment } from '../deployment/deployment.ts';
import { callProvider } from '../deployment/provider-call.ts';
import { explained } from './phone-failure.ts';

/** What a phone signs is dated by the clock of this machine. */
const now = () => Math.floor(Date.now() / 1000);

/** The options that name a phone, or enrol one. */
export type PhoneOptions = {
  readonly key?: string;
  readonly ticket?: string;
  readonly user?: string;
  readonly name?: string;
  readonly 'push-token'?: string;
  readonly platform?: string;
};
/** A phone, and whether it was enrolled just now. */
export type OpenedPhone = { readonly phone: Phone; readonly isNew: boolean };

/**
 * Opens the phone of a key file. Without the file, and with a ticket or a user of this machine, it enrols a phone and
 * makes the file.
 */
export async function openPhone(deployment: Deployment, options: PhoneOptions): Promise<OpenedPhone> {
  const { key: path, ticket, user } = options;
  if (ticket !== undefined && user !== undefined) throw new WrongUsage('--ticket or --user, not both');
  if (path !== undefined && existsSync(path)) {
    if (ticket !== undefined || user !== undefined)
      throw new WrongUsage(`${path} has a phone already: leave --ticket and --user out, or name a new file`);
    return { phone: readPhone(path, deployment), isNew: false };
  }
  if (ticket === undefined && user === undefined)
    throw new WrongUsage(
      path === undefined
        ? 'Which phone? Give --key FILE for one that is enrolled, or --ticket URI or --user USER to enrol one'
        : `There is no ${path}: give --ticket URI or --user USER to enrol a phone`,
    );
  const uri = ticket === undefined ? await localTicket(deployment, user ?? '') : readSecretWord(ticket);
  checkTicket(uri, deployment);
  const own = {
    name: options.name ?? 'Terminal phone',
    pushToken: options['push-token'] ?? `terminal-${crypto.randomUUID()}`,
    platform: options.platform ?? 'GCM',
    hasTwoKeys: true,
    now,
  };
  const phone = await Phone.enrol(uri, own).catch((error: unknown) => {
    throw explained(error, deployment);
  });
  if (path !== undefined) await keep(phone, path);
  return { phone, isNew: true };
}

/** Writes the key file. A phone whose key is lost would stay with the user, so it is removed if that fails. */
async function keep(phone: Phone, path: string): Promise<void> {
  try {
    writeNewFile(path, `${JSON.stringify(phone.identity)}\n`);
  } catch (error) {
    await phone.remove().catch(() => undefined);
    throw error;
  }
}

/** Reads a key file. Others must not be able to read it, because whoever has the key answers as the user. */
function readPhone(path: string, { origin, urlFrom }: Deployment): Phone {
  const mode = statSync(path).mode & 0o777;
  if ((mode & 0o077) !== 0)
    throw new Refused(`${path} can be read by others (mode ${mode.toString(8)}).`, `Run chmod 600 ${path}.`);
  const identity = v.safeParse(phoneIdentity, parsed(Buffer.from(readBytes(path)).toString()));
  if (!identity.success) throw new WrongUsage(`${path} is no key file of ciba phone`);
  const { issuer } = identity.output;
  if (urlFrom !== undefined && issuer !== `${origin}/`)
    throw new Refused(
      `This phone is enrolled at ${plainLine(issuer)}, not at ${origin}/.`,
      'Use a phone for each issuer.',
    );
  return new Phone(identity.output, now);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * Refuses a ticket that is not of the provider that is meant: a QR code on a wall must not enrol a phone at a
 * stranger's (docs/device-api.md, rule 8).
 */
function checkTicket(uri: string, { origin }: Deployment): void {
  const url = URL.parse(uri);
  const isTicket = url?.protocol === 'ciba:' && url.host === 'enrol';
  const names = [...(url?.searchParams.keys() ?? [])].sort().join();
  if (!isTicket || names !== 'issuer,ticket')
    throw new WrongUsage('A ticket looks like this: ciba://enrol?issuer=…&ticket=…, in quotation marks');
  const { issuer } = parseTicketUri(uri);
  if (issuer !== `${origin}/`)
    throw new Refused(
      `This ticket is of ${plainLine(issuer)}, not of ${origin}/. No phone was enrolled.`,
      'If you know that provider, name it with --url.',
    );
}

const ticketAnswer = v.object({ uri: v.string() });

/** Gets a ticket from the local runtime. Elsewhere an operator makes one: `ciba ticket create`. */
async function localTicket(deployment: Deployment, user: string): Promise<string> {
  if (!deployment.isLocal)
    throw new WrongUsage('--user makes a ticket only on this machine: use ciba ticket create, then --ticket');
  const query = new URLSearchParams({ login_hint: user });
  const response = await callProvider(deployment, `/local/ticket?${query}`, { method: 'POST' });
  const answer = v.safeParse(ticketAnswer, await response.json().catch(() => undefined));
  if (response.ok && answer.success) return answer.output.uri;
  throw new Refused(
    `${deployment.origin} made no ticket for ${plainLine(user)}.`,
    'Check the name of the user: ciba user list. Only the local provider makes tickets by name.',
  );
}
