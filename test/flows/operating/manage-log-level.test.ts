import { describe, expect, it } from 'vitest';
import type { AuditEvent } from '../../../provider/core/operating/audit-event.ts';
import type { AuditStep } from '../../../provider/core/operating/audit-record.ts';
import type { LogLevelSetting } from '../../../provider/core/operating/log-level.ts';
import { readLogLevel, setLogLevel } from '../../../provider/flows/operating/manage-log-level.ts';
import { NOW, refusalOf, valueFrom } from '../../core/given.ts';

const by = 'arn:aws:iam::111122223333:user/operator';

function levelWorld({ isStoreOut = false } = {}) {
  const steps: string[] = [];
  let setting: LogLevelSetting | undefined;
  const ports = {
    logLevels: {
      read: async () => setting,
      record: async (next: LogLevelSetting) => {
        steps.push('record');
        setting = next;
      },
    },
    audit: {
      newChange: () => 'change-1',
      write: () => undefined,
      record: async (event: AuditEvent, { phase }: AuditStep) => {
        steps.push(`${phase} ${JSON.stringify(event)}`);
        return !isStoreOut;
      },
    },
    clock: () => NOW,
    settings: { auditOutage: 'refuse' } as const,
  };
  return { ports, steps };
}

describe('the log level', () => {
  it('is set between the records of its intention and of its outcome, with its end and by whom', async () => {
    const { ports, steps } = levelWorld();
    const view = { level: 'debug', until: NOW + 600 };
    expect(valueFrom(await setLogLevel(ports, { level: 'debug', forSeconds: 600, by }))).toEqual(view);
    const event = JSON.stringify({ event: 'log_level_changed', ...view, by });
    expect(steps).toEqual([`intended ${event}`, 'record', `done ${event}`]);
    expect(valueFrom(await readLogLevel(ports))).toEqual(view);
  });

  it('is debug for an hour if nobody says how long', async () => {
    const { ports } = levelWorld();
    expect(valueFrom(await setLogLevel(ports, { level: 'debug', forSeconds: undefined, by }))).toEqual({
      level: 'debug',
      until: NOW + 3600,
    });
  });

  it('info takes no end', async () => {
    const { ports, steps } = levelWorld();
    const refused = await setLogLevel(ports, { level: 'info', forSeconds: 60, by });
    expect(refusalOf(refused)).toMatchObject({ reason: 'invalid_parameter', name: 'for_seconds' });
    expect(steps).toEqual([]);
  });

  it('is info if nobody set it, and after the end of debug', async () => {
    const { ports } = levelWorld();
    expect(valueFrom(await readLogLevel(ports))).toEqual({ level: 'info' });
    await setLogLevel(ports, { level: 'debug', forSeconds: 60, by });
    expect(valueFrom(await readLogLevel({ ...ports, clock: () => NOW + 60 }))).toEqual({ level: 'info' });
  });

  it('is not raised while the audit store is out, and is lowered all the same', async () => {
    const { ports, steps } = levelWorld({ isStoreOut: true });
    const refused = await setLogLevel(ports, { level: 'debug', forSeconds: 60, by });
    expect(refusalOf(refused)).toEqual({ reason: 'audit_unavailable' });
    expect(steps).not.toContain('record');
    expect(valueFrom(await setLogLevel(ports, { level: 'info', forSeconds: undefined, by }))).toEqual({
      level: 'info',
    });
  });
});
