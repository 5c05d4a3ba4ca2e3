import type { SignedAnswer } from '../signed-calls.ts';

// SNS speaks AWS's Query protocol: a form is sent, and XML comes back.

/** What the functions on the path of a login do at SNS. */
export type SnsAction =
  | 'Publish'
  | 'CreatePlatformEndpoint'
  | 'GetEndpointAttributes'
  | 'SetEndpointAttributes'
  | 'DeleteEndpoint';

/**
 * Calls SNS in AWS's Query protocol, and returns the XML of the answer. Maps are named as in `Attributes.entry.1.key`.
 * Throws an {@link SnsError} if SNS refuses, and another error if it does not answer.
 */
export type CallSns = (action: SnsAction, parameters: Readonly<Record<string, string>>) => Promise<string>;

/** A refusal of SNS. Its name is SNS's code, such as `EndpointDisabled`. */
export class SnsError extends Error {
  constructor({ statusCode, body }: SignedAnswer) {
    super(textIn(body, 'Message'));
    this.name = textIn(body, 'Code') ?? `SNS${statusCode}`;
  }
}

/** Whether SNS knows no endpoint of this name. */
export function isNotFound(error: unknown): boolean {
  return error instanceof SnsError && error.name === 'NotFound';
}

/** Returns the parameters of a map: `prefix.1.key`, `prefix.1.value` and so on. */
export function mapParameters(prefix: string, map: Readonly<Record<string, string>>): Record<string, string> {
  const entries = Object.entries(map).flatMap(([key, value], index) => [
    [`${prefix}.${index + 1}.key`, key],
    [`${prefix}.${index + 1}.value`, value],
  ]);
  return Object.fromEntries(entries);
}

/** Returns the text of an element of an answer. Undefined if the answer has no such element. */
export function textIn(xml: string, element: string): string | undefined {
  const [, text] = new RegExp(`<${element}>([^<]*)</${element}>`).exec(xml) ?? [];
  return text === undefined ? undefined : plain(text);
}

/** Returns the map of an answer. */
export function mapIn(xml: string): Readonly<Record<string, string>> {
  const entries = xml.matchAll(/<entry>\s*<key>([^<]*)<\/key>\s*<value>([^<]*)<\/value>\s*<\/entry>/g);
  return Object.fromEntries([...entries].map(([, key = '', value = '']) => [plain(key), plain(value)]));
}

const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' };

function plain(text: string): string {
  return text.replace(/&(?:#(\d+)|#x([\da-f]+)|(\w+));/gi, (entity, decimal, hexadecimal, name) => {
    const code = decimal ? Number(decimal) : Number.parseInt(hexadecimal ?? '', 16);
    return Number.isNaN(code) ? (ENTITIES[name] ?? entity) : String.fromCodePoint(code);
  });
}
