import { describe, expect, it } from 'vitest';
import { providerOf, readStackName } from '../../../cli/deployment/provider-of-stack.ts';

const outputs = (prefix: string) => ({
  [`${prefix}Issuer`]: `https://${prefix || 'only'}.example.com/`,
  [`${prefix}DirectoryTable`]: `table-${prefix}`,
  [`${prefix}FunctionToken`]: `function-${prefix}`,
});

describe('--stack', () => {
  it.each([
    ['logins', 'logins', undefined],
    ['logins/Customers', 'logins', 'Customers'],
    [
      'arn:aws:cloudformation:eu-west-1:1:stack/logins/uuid',
      'arn:aws:cloudformation:eu-west-1:1:stack/logins/uuid',
      undefined,
    ],
    [
      'arn:aws:cloudformation:eu-west-1:1:stack/logins/uuid/A',
      'arn:aws:cloudformation:eu-west-1:1:stack/logins/uuid',
      'A',
    ],
  ])('%s is the stack %s and the provider %s', (typed, stack, provider) => {
    expect(readStackName(typed)).toEqual({ stack, provider });
  });
});

describe('the provider of a stack', () => {
  it('is its only one, whatever its id, and has its outputs by their plain names', () => {
    expect(providerOf('logins', outputs(''), undefined)).toMatchObject({
      deploymentName: 'logins',
      outputs: outputs(''),
    });
    expect(providerOf('logins', { Own: 'x', ...outputs('Ciba') }, undefined)).toMatchObject({
      deploymentName: 'logins-Ciba',
      outputs: { Issuer: 'https://Ciba.example.com/', DirectoryTable: 'table-Ciba', FunctionToken: 'function-Ciba' },
    });
  });

  it('must be named where there are several', () => {
    const both = { ...outputs(''), ...outputs('Partners') };
    const ask = (provider?: string) => () => providerOf('logins', both, provider);
    expect(ask()).toThrow('The stack logins has 2 providers: Provider, Partners.');
    expect(ask('Others')).toThrow('The stack logins has no provider Others.');
    expect(ask('Partners')().outputs['Issuer']).toBe('https://Partners.example.com/');
    expect(ask('Provider')().outputs).toEqual(outputs(''));
    const isOf = (provider: string, logicalId: string) => ask(provider)().has(logicalId);
    expect(isOf('Partners', 'PartnerstokenLogs1')).toBe(true);
    expect(isOf('Provider', 'PartnerstokenLogs1')).toBe(false);
    expect(isOf('Partners', 'ProvidertokenLogs1')).toBe(false);
    expect(isOf('Partners', 'SomethingElse')).toBe(true);
  });

  it('has the outputs of the whole stack if it has none of a provider, so that what is missing is told by its name', () => {
    expect(providerOf('other', { Bucket: 'x' }, undefined).outputs).toEqual({ Bucket: 'x' });
  });
});
