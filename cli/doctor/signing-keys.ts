import { isJsonObject } from '../command-line/json-object.ts';
import type { Check, Finding } from './check.ts';
import { DISCOVERY, KEY_SET, readPublicly } from './public-document.ts';

/** Each algorithm that discovery promises has a key that can sign, and one to follow it. */
export const signingKeys: Check = {
  name: 'Signing keys',
  of: 'provider',
  async run({ deployment }): Promise<Finding> {
    const [metadata, keySet] = await Promise.all([
      readPublicly(deployment, DISCOVERY),
      readPublicly(deployment, KEY_SET),
    ]);
    if ('broken' in metadata) throw new Error('discovery does not tell the algorithms');
    if ('broken' in keySet)
      return { ...keySet.broken, todo: 'No token can be verified. Read the log of provider-metadata.' };
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
      return { state: 'broken', says, todo: 'ciba keys rotate makes what is missing.', see };
    }
    if (listed(1).length > 0) {
      const says = `Only one key is published for ${listed(1).join(', ')}: nothing follows it, so its rotation will surprise verifiers.`;
      return { state: 'warning', says, todo: 'The schedule makes the next one; see whether it runs.', see };
    }
    return { state: 'good', says: `${counts.map(({ algorithm, count }) => `${count} ${algorithm}`).join(', ')}.` };
  },
};
