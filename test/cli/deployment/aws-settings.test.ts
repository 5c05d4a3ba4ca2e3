import { describe, expect, it } from 'vitest';
import { cibaInOne } from '../support/ciba-in-one.ts';

const AWAY = {
  AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
  AWS_SECRET_ACCESS_KEY: 'secret',
  AWS_REGION: 'eu-central-1',
  AWS_ENDPOINT_URL: 'http://127.0.0.1:65535',
};

describe('an AWS service that does not answer', () => {
  it.each([
    ['AWS CloudFormation', ['tail', '--stack', 'ciba-production']],
    ['Amazon S3', ['audit', '--bucket', 'trail', '--url', 'https://login.example.com']],
  ])('is said to give no answer, and not to refuse: %s', async (service, args) => {
    const { code, stderr } = await cibaInOne(args, { env: AWAY });
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: `ciba: No answer from ${service}: nothing listens there. Check the network of this machine, and --region.\n`,
    });
  });
});
