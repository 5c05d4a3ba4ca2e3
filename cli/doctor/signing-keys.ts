import { isJsonObject } from '../command-line/json-object.ts';
import type { Check, Finding } from './check.ts';
import { DISCOVERY, KEY_SET, readPublicly } from './public-document.ts';

/** Checks that each algorithm in the discovery document has a key that can sign, and a next one. */
export const signingKeys: Check = {
  name: 'Signing keys',
  of: 'provider',
  async run({ deployment }): Promise<Finding> {
    const [metadata, keySet] = await Promise.all([
      readPublicly(deployment, DISCOVERY),
      readPublicly(deployment, KEY_SET),
    ]);
    if ('broken' in metadata)
      throw new Error('the discovery document could not be read, so the algorithms are not known');
    if ('broken' in keySet)
      return { ...keySet.broken, todo: 'No token can be verified. Read the log of the function provider-metadata.' };
    const algorithms = [metadata.body['id_token_signing_alg_values_supported']].flat().map(String);
    const keys = [keySet.body['keys']].flat().filter(isJsonObject);
    const counts = algorithms.map((algorithm) => ({
      algorithm,
      count: keys.filter((key) => key['alg'] === algorithm).length,
    }));
    const see = 'docs/operations.md#signing-keys';
    const listed = (wanted: number) => counts.filter(({ count }) => count === wanted).map(({ algorithm }) => algorithm);
    if (counts.length === 0 || listed(0).length > 0) {
      const says = `No key is published for ${listed(0).join(', ') || 'any algorithm'}: tokens can't be signed.`;
      return { state: 'broken', says, todo: 'Run ciba keys rotate, which makes the missing keys.', see };
    }
    if (listed(1).length > 0) {
      const says = `Only one key is published for ${listed(1).join(', ')}: without a next key, verifiers do not know the successor before it signs.`;
      return { state: 'warning', says, todo: 'The scheduled rotation makes the next key. Check that it runs.', see };
    }
    return { state: 'good', says: `${counts.map(({ algorithm, count }) => `${count} ${algorithm}`).join(', ')}.` };
  },
};
