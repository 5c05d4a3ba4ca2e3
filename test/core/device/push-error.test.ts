import { describe, expect, it } from 'vitest';
import { ENDPOINT_DELETED, notedPushes, pushErrorKind } from '../../../provider/core/device/push-error.ts';

/** The names that SNS gives its errors, each also without its ending. */
const NAMES = [
  ['EndpointDisabledException', 'endpoint_dead'],
  ['EndpointDisabled', 'endpoint_dead'],
  ['NotFoundException', 'endpoint_dead'],
  ['NotFound', 'endpoint_dead'],
  ['EndpointDeleted', 'endpoint_dead'],
  ['PlatformApplicationDisabledException', 'credential_refused'],
  ['PlatformApplicationDisabled', 'credential_refused'],
  ['AuthorizationErrorException', 'not_authorized'],
  ['AuthorizationError', 'not_authorized'],
  ['AccessDeniedException', 'not_authorized'],
  ['InvalidSecurity', 'not_authorized'],
  ['ThrottledException', 'throttled'],
  ['Throttling', 'throttled'],
  ['TimeoutError', 'timeout'],
  ['RequestTimeout', 'timeout'],
  ['AbortError', 'timeout'],
  ['InvalidParameterException', 'invalid'],
  ['InvalidParameterValueException', 'invalid'],
  ['ValidationException', 'invalid'],
] as const;

describe('the kind of a push error', () => {
  it.each(NAMES)('of %s is %s', (name, kind) => expect(pushErrorKind(name)).toBe(kind));

  it.each(NAMES)('is of the whole name: not of %s with text before or after it', (name) => {
    expect(pushErrorKind(`Un${name}`)).toBe('other');
    expect(pushErrorKind(`${name}ButNotReally`)).toBe('other');
  });

  it.each(['InternalErrorException', 'anything that was sent', ''])('of %s is other', (name) => {
    expect(pushErrorKind(name)).toBe('other');
  });

  it('of a deleted endpoint, for which SNS has no name, is that of a dead one', () => {
    expect(ENDPOINT_DELETED).toBe('EndpointDeleted');
  });
});

describe('what the log tells of pushes', () => {
  it('is nothing when nothing is to be told', () => {
    expect(notedPushes([])).toEqual({});
    expect(notedPushes([{ error: undefined, messageId: undefined }])).toEqual({});
  });

  it('is every error by SNS’s name, the kind of the first, and the ids of those that SNS took', () => {
    const outcomes = [
      { messageId: 'm1' },
      { error: 'ThrottledException' },
      { error: 'TimeoutError' },
      { messageId: 'm2' },
    ];
    expect(notedPushes(outcomes)).toEqual({
      push_errors: 'ThrottledException TimeoutError',
      push_error: 'throttled',
      push_ids: 'm1 m2',
    });
  });
});
