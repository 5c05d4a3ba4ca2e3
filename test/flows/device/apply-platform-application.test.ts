import { describe, expect, it } from 'vitest';
import {
  applyPlatformApplication,
  arnOfApplication,
  type PlatformApplication,
  type PlatformApplicationPorts,
  refreshPlatformApplications,
} from '../../../provider/flows/device/apply-platform-application.ts';
import { Outage } from '../world/journal.ts';
import { startWorld } from '../world/world.ts';

const PEM = '-----BEGIN PRIVATE KEY-----\nseeded\n-----END PRIVATE KEY-----';
const FIREBASE = JSON.stringify({
  type: 'service_account',
  project_id: 'bank',
  client_email: 'push@bank.example',
  private_key: PEM,
});
const APPLE = JSON.stringify({ teamId: 'TEAM000001', keyId: 'KEY0000001', privateKey: PEM });
const application = (platform: PlatformApplication['platform']): PlatformApplication => ({
  platform,
  name: `bank-${platform}`,
  arn: `arn of ${platform}`,
  secretArn: `secret of ${platform}`,
  bundleId: platform === 'GCM' ? undefined : 'com.example.bank',
  eventsTopicArn: 'events',
});

/** Two platforms with their secrets. */
function platformWorld() {
  const { journal } = startWorld();
  const secrets = new Map([
    ['secret of GCM', FIREBASE],
    ['secret of APNS', APPLE],
  ]);
  const applied: { name: string; attributes: Readonly<Record<string, string>> }[] = [];
  const refused = new Set<string>();
  const ports: PlatformApplicationPorts = {
    applications: [application('GCM'), application('APNS')],
    secrets: {
      read: async (arn) => {
        journal.begin(`read ${arn}`);
        return secrets.get(arn);
      },
    },
    platforms: {
      apply: async ({ name, platform }, attributes) => {
        journal.begin(`apply ${name}`);
        applied.push({ name, attributes });
        return refused.has(platform) ? 'refused' : 'applied';
      },
      remove: async (arn) => journal.begin(`remove ${arn}`),
    },
  };
  return { journal, secrets, applied, refused, ports };
}

describe('a platform application', () => {
  it('is made to match its secret, which is read first', async () => {
    const { ports, journal, applied } = platformWorld();
    expect(await applyPlatformApplication(ports, 'GCM')).toEqual({ ok: true, arn: 'arn of GCM' });
    expect(journal.calls).toEqual(['read secret of GCM', 'apply bank-GCM']);
    expect(applied).toEqual([{ name: 'bank-GCM', attributes: { PlatformCredential: FIREBASE } }]);
  });

  it('of Apple gets the token key with its bundle id', async () => {
    const { ports, applied } = platformWorld();
    await applyPlatformApplication(ports, 'APNS');
    expect(applied[0]?.attributes).toEqual({
      PlatformPrincipal: 'KEY0000001',
      PlatformCredential: PEM,
      ApplePlatformTeamID: 'TEAM000001',
      ApplePlatformBundleID: 'com.example.bank',
    });
  });

  it('that is not configured is not applied, and no secret is read', async () => {
    const { ports, journal } = platformWorld();
    const why = 'no platform application APNS_SANDBOX is configured';
    expect(await applyPlatformApplication(ports, 'APNS_SANDBOX')).toEqual({ ok: false, why });
    expect(journal.calls).toEqual([]);
  });

  it('without a secret says where one is missing', async () => {
    const { ports, journal, secrets } = platformWorld();
    secrets.clear();
    const why = 'the secret secret of GCM has no value: store the credential in it';
    expect(await applyPlatformApplication(ports, 'GCM')).toEqual({ ok: false, why });
    expect(journal.calls).toEqual(['read secret of GCM']);
  });

  it('with a secret of another form says what is expected, and never quotes the secret', async () => {
    const { ports, journal, secrets } = platformWorld();
    secrets.set('secret of GCM', '{"type":"seeded"}');
    const why = 'the secret secret of GCM needs "type": "service_account", as in the file from Firebase';
    expect(await applyPlatformApplication(ports, 'GCM')).toEqual({ ok: false, why });
    expect(journal.calls).toEqual(['read secret of GCM']);
  });

  it('whose credential SNS refuses says so', async () => {
    const { ports, refused } = platformWorld();
    refused.add('GCM');
    const why = "SNS refused the credential in secret of GCM for GCM: is it revoked, or another app's?";
    expect(await applyPlatformApplication(ports, 'GCM')).toEqual({ ok: false, why });
  });

  it('has an ARN that follows from the settings', () => {
    const { ports } = platformWorld();
    expect(arnOfApplication(ports, 'APNS')).toBe('arn of APNS');
    expect(arnOfApplication(ports, 'APNS_SANDBOX')).toBe('unknown-APNS_SANDBOX');
  });
});

describe('after a secret changed', () => {
  it('all applications are applied again, one after the other, though one of them is refused', async () => {
    const { ports, journal, refused } = platformWorld();
    refused.add('GCM');
    expect(await refreshPlatformApplications(ports)).toMatchObject({
      GCM: { ok: false },
      APNS: { ok: true, arn: 'arn of APNS' },
    });
    expect(journal.calls).toEqual(['read secret of GCM', 'apply bank-GCM', 'read secret of APNS', 'apply bank-APNS']);
  });

  it('only some are, where they are named', async () => {
    const { ports, journal } = platformWorld();
    expect(await refreshPlatformApplications(ports, ['APNS'])).toEqual({ APNS: { ok: true, arn: 'arn of APNS' } });
    expect(journal.calls).toEqual(['read secret of APNS', 'apply bank-APNS']);
  });

  it.each(['read', 'apply'])('an outage at "%s" is a fault', async (call) => {
    const { ports, journal } = platformWorld();
    journal.breakAt(call);
    await expect(refreshPlatformApplications(ports)).rejects.toThrow(Outage);
    expect(journal.calls).not.toContain('read secret of APNS');
  });
});
