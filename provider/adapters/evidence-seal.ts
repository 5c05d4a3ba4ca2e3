import { createCipheriv, randomBytes } from 'node:crypto';
import { evidenceContext } from '../core/person/evidence-key.ts';
import type { EvidenceSeal } from '../flows/person/ports.ts';

/**
 * AES-256-GCM with a random nonce of 96 bits. One key seals the decisions of one person, far fewer than the 2^32
 * messages that NIST SP 800-38D §8.3 allows with random nonces. The sealed text is nonce, ciphertext and tag.
 */
export const evidenceSeal: EvidenceSeal = {
  seal: (evidence, { key, record }) => {
    const nonce = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', Buffer.from(key.key, 'base64url'), nonce);
    cipher.setAAD(Buffer.from(evidenceContext(record)));
    const sealed = [nonce, cipher.update(JSON.stringify(evidence)), cipher.final(), cipher.getAuthTag()];
    return Buffer.concat(sealed).toString('base64url');
  },
};
