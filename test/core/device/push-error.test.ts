import { describe, expect, it } from 'vitest';
import { notedPushes, pushErrorKind } from '../../../provider/core/device/push-error.ts';

describe('the kind of a push error', () => {
  it.each([
    ['EndpointDisabledException', 'endpoint_dead'],
    ['EndpointDisabled', 'endpoint_dead'],
    ['NotFoundException', 'endpoint_dead'],
    ['EndpointDeleted', 'endpoint_dead'],
    ['PlatformApplicationDisabledException', 'credential_refused'],
    ['AuthorizationErrorException', 'not_authorized'],
    ['ThrottledException', 'throttled'],
    ['Throttling', 'throttled'],
    ['TimeoutError', 'timeout'],
    ['InvalidParameterException', 'invalid'],
    ['InvalidParameterValueException', 'invalid'],
    ['InternalErrorException', 'other'],
    ['EndpointDisabledButNotReally', 'other'],
    ['anything that was sent', 'other'],
  ])('of %s is %s', (name, kind) => expect(pushErrorKind(name)).toBe(kind));
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
