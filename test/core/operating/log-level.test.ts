import { describe, expect, it } from 'vitest';
import { logLevelAt, newLogLevel } from '../../../provider/core/operating/log-level.ts';
import { loggableAwsCall } from '../../../provider/core/operating/log-line.ts';

describe('the log level', () => {
  it('is info without a setting', () => {
    expect(logLevelAt(undefined, 100)).toEqual({ level: 'info' });
  });

  it('is debug until its end, and info from then on, without anybody doing anything', () => {
    const setting = newLogLevel('debug', { now: 100, seconds: 60 });
    expect(setting).toEqual({ level: 'debug', until: 160 });
    expect(logLevelAt(setting, 159)).toEqual(setting);
    expect(logLevelAt(setting, 160)).toEqual({ level: 'info' });
  });

  it('info has no end', () => {
    expect(newLogLevel('info', { now: 100, seconds: 60 })).toEqual({ level: 'info' });
  });
});

describe('the line of a call of AWS', () => {
  it('has only named fields, and a short outcome', () => {
    const line = {
      service: 'token',
      aws_service: 'DynamoDB',
      action: 'GetItem',
      duration_ms: 3,
      attempts: 1,
      outcome: 'x'.repeat(300),
    };
    const withMore = { ...line, Key: 'hunter2' };
    expect(loggableAwsCall(withMore)).toEqual({ ...line, outcome: 'x'.repeat(256) });
  });
});
