import { describe, expect, it } from 'vitest';
import { rightFrom } from '../../../provider/core/operating/push-rights.ts';

describe('what the answer of SNS says about a right', () => {
  it.each(['NotFoundException', 'InvalidParameterException', 'EndpointDisabledException', 'InternalErrorException'])(
    'SNS asks IAM before it looks for the endpoint: %s means allowed',
    (error) => {
      expect(rightFrom({ isAnswered: true, error })).toEqual({ result: 'allowed', error });
    },
  );

  it('a success means allowed: to delete an endpoint that does not exist is one', () => {
    expect(rightFrom({ isAnswered: true })).toEqual({ result: 'allowed' });
  });

  it.each(['AuthorizationErrorException', 'AuthorizationError', 'AccessDeniedException'])(
    '%s means denied',
    (error) => {
      expect(rightFrom({ isAnswered: true, error })).toEqual({ result: 'denied', error });
    },
  );

  it.each(['ThrottledException', 'InvalidClientTokenId', 'ExpiredToken'])('%s comes before IAM: unknown', (error) => {
    expect(rightFrom({ isAnswered: true, error })).toEqual({ result: 'unknown', error });
  });

  it('no answer of SNS means unknown, whatever the error is', () => {
    expect(rightFrom({ isAnswered: false, error: 'TimeoutError' })).toEqual({
      result: 'unknown',
      error: 'TimeoutError',
    });
  });
});
