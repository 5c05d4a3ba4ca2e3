import { choice, count, type Described, type JsonSchema, object, text } from './schema.ts';

/** The error codes that a route may answer, by status. */
export type Refusals = Readonly<Record<number, readonly string[]>>;

/** The body of a refusal (RFC 6749 §5.2). Its text has the characters of CIBA §13. */
type Refused = { readonly error: string; readonly error_description: string };

const description = text('What is wrong, for developers.', {
  pattern: '^[\\x20-\\x21\\x23-\\x26\\x28-\\x5B\\x5D-\\x5F\\x61-\\x7E]*$',
  maxLength: 300,
});
/** Error codes with a member more. */
const MORE: { readonly [code: string]: JsonSchema } = {
  slow_down: object<Refused & { readonly interval: number }>({
    error: choice(['slow_down'], 'The poll came too early (CIBA §11).') as Described<string>,
    error_description: description,
    interval: count('How many seconds to wait between polls from now on.', 1),
  }),
  invalid_number: object<Refused & { readonly attempts_left: number }>({
    error: choice(['invalid_number'], 'The number is not the one that is shown.') as Described<string>,
    error_description: description,
    attempts_left: count('How many attempts are left; with 0 the request is over.'),
  }),
};

/** Returns the schema of the refusals with these codes. */
export function refusalSchema(codes: readonly string[]): JsonSchema {
  const plain = codes.filter((code) => !(code in MORE));
  const bodies: readonly JsonSchema[] = [
    ...(plain.length > 0
      ? [
          object<Refused>({
            error: choice(plain, 'The error code.') as Described<string>,
            error_description: description,
          }),
        ]
      : []),
    ...codes.flatMap((code): readonly JsonSchema[] => (MORE[code] ? [MORE[code]] : [])),
  ];
  return bodies.length === 1 && bodies[0] ? bodies[0] : { oneOf: bodies };
}

/** An answer of API Gateway itself, for which no function ran. */
export const gatewayMessage: JsonSchema = object<{ readonly message: string }>({
  message: text('The text of API Gateway.'),
});

/**
 * Returns every code that the doc block of a handler names, by status: `400 invalid_request, invalid_scope; 401 …`.
 * Words in parentheses are left out.
 */
export function refusalsOnCard(handler: string): Refusals {
  const [block = ''] = handler.match(/\/\*\*.*?\*\//gs)?.filter((one) => /\b[45]\d\d\s[\s*]*[a-z]/.test(one)) ?? [];
  const words = block.replaceAll(/\n \*/g, ' ').replaceAll(/\([^)]*\)/g, '');
  const lists = [...words.matchAll(/\b([45]\d\d) +([a-z_]+(?:, +[a-z_]+)*)/g)];
  return Object.fromEntries(
    lists.map(([, status = '', codes = '']) => [Number(status), codes.split(/, */).map((code) => code.trim())]),
  );
}
