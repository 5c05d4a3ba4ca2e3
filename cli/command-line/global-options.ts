import type { OptionSpec, OptionSpecs } from './command.ts';

/** Options that every command has. */
export const GLOBAL_OPTIONS = {
  url: { kind: 'text', value: 'URL', about: 'URL of the provider, such as https://login.example.com.' },
  stack: {
    kind: 'text',
    value: 'NAME',
    about:
      'CloudFormation stack of the deployment, such as ciba-production. Its outputs say the URL and everything else.',
  },
  context: {
    kind: 'text',
    value: 'NAME',
    completes: 'contexts',
    about: 'A named deployment, for this call only; see ciba context --help.',
  },
  region: {
    kind: 'text',
    value: 'REGION',
    about: 'AWS region to sign for. Default: the region in the URL or of the context, or AWS_REGION.',
  },
  profile: {
    kind: 'text',
    value: 'NAME',
    about: 'AWS profile to sign with. Default: that of the context, or AWS_PROFILE.',
  },
  ca: {
    kind: 'text',
    value: 'FILE',
    about:
      'Certificates in PEM to trust besides those of Node. Default: CIBA_CA, and for the local runtime the authority of --https.',
  },
  json: { kind: 'flag', about: "Print JSON for scripts: the API's own answer, unchanged, if there is one." },
  help: { kind: 'flag', about: 'Print this help. Short: -h.' },
} as const satisfies OptionSpecs;

/** The option of every command that cannot be undone. */
export const YES_OPTION = {
  yes: { kind: 'flag', about: 'Do it without asking. Without a terminal, this option is required.' },
} as const satisfies OptionSpecs;

/** Returns all options that a command takes. */
export function optionsOf(command: { readonly options: OptionSpecs; readonly cannotBeUndone?: string }): OptionSpecs {
  return { ...command.options, ...(command.cannotBeUndone !== undefined && YES_OPTION), ...GLOBAL_OPTIONS };
}

/** Returns an option as the help spells it. */
export function spellingOf(name: string, { kind, value, of }: OptionSpec): string {
  return kind === 'flag' ? `--${name}` : `--${name} ${value ?? of?.join('|') ?? 'VALUE'}${kind === 'list' ? ' …' : ''}`;
}
