import { describe, expect, it } from 'vitest';
import { userCodeHashes } from '../../provider/adapters/user-code-hashes.ts';

/** A hash of `4711` that was made with a lower cost. */
const CHEAP = '$scrypt$ln=10,r=8,p=1$AAAAAAAAAAAAAAAAAAAAAA$';

describe('the hash of a user code', () => {
  it('is scrypt with the cost that OWASP names, has a salt of its own, and matches the code alone', async () => {
    const [one, other] = [await userCodeHashes.hash('4711'), await userCodeHashes.hash('4711')];
    expect(one).toMatch(/^\$scrypt\$ln=14,r=8,p=5\$/);
    expect(one).not.toBe(other);
    expect(await userCodeHashes.matches('4711', one)).toBe(true);
    expect(await userCodeHashes.matches('4712', one)).toBe(false);
  });

  it('is judged with its own cost, so that the cost can be raised', async () => {
    const { scryptSync } = await import('node:crypto');
    const key = scryptSync('4711', Buffer.alloc(16), 32, { N: 1024, r: 8, p: 1 }).toString('base64').replace(/=+$/, '');
    expect(await userCodeHashes.matches('4711', `${CHEAP}${key}`)).toBe(true);
    expect(await userCodeHashes.matches('4712', `${CHEAP}${key}`)).toBe(false);
  });

  it('that does not exist matches nothing, after the same work', async () => {
    const cpu = async (work: () => Promise<unknown>) => {
      const before = process.cpuUsage();
      await work();
      const { user, system } = process.cpuUsage(before);
      return user + system;
    };
    const hash = await userCodeHashes.hash('4711');
    const real = await cpu(() => userCodeHashes.matches('4712', hash));
    let isRight: boolean | undefined;
    const none = await cpu(async () => {
      isRight = await userCodeHashes.matches('', undefined);
    });
    expect(isRight).toBe(false);
    expect(none / real).toBeGreaterThan(0.5);
  });

  it('that is malformed is a fault, and never a match', async () => {
    await expect(userCodeHashes.matches('4711', 'hash of 4711')).rejects.toThrow('scrypt');
  });
});
