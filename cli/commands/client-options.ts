import { CLIENT_METADATA_ROWS } from '../../provider/core/client/metadata.ts';
import type { MemberKind, MemberSpec } from '../../provider/core/client/metadata-member.ts';
import type { OptionSpec, OptionSpecs } from '../command-line/command.ts';
import {
  readHintIssuers,
  readList,
  readPairs,
  readPublicKeys,
  readWholeNumber,
} from '../command-line/option-reading.ts';

const REPEATED = 'Repeat the option for more values. They replace all earlier ones; "" removes all.';

/** Returns how a kind of member is typed, with a hint for the help. */
function typingOf(member: MemberKind): Omit<OptionSpec, 'about'> & { readonly hint?: string } {
  switch (member.kind) {
    case 'text':
      return { kind: 'text', value: member.called };
    case 'choice':
      return { kind: 'text', of: member.of, ...(isLong(member.of) && { value: 'CHOICE', hint: choicesOf(member.of) }) };
    case 'choices':
      return {
        kind: 'list',
        value: member.called,
        of: member.of,
        read: readList,
        hint: `${choicesOf(member.of)} ${REPEATED}`,
      };
    case 'whole_number':
      return {
        kind: 'text',
        value: 'NUMBER',
        read: readWholeNumber,
        hint: `A whole number, ${member.least} ${member.most === undefined ? 'or more' : `to ${member.most}`}.`,
      };
    case 'boolean':
      return { kind: 'flag' };
    case 'texts':
      return { kind: 'list', value: member.called, read: readList, hint: REPEATED };
    case 'texts_by_name':
      return { kind: 'list', value: member.called, read: readPairs, hint: REPEATED };
    case 'public_keys':
      return fileOf(readPublicKeys, 'The file contains a JWK Set, one JWK, or a public key in PEM.');
    case 'hint_issuers':
      return fileOf(readHintIssuers, `The file contains a JSON list of at most ${member.most}.`);
  }
}

function fileOf(read: NonNullable<OptionSpec['read']>, hint: string) {
  return { kind: 'text', value: 'FILE', read, hint } as const;
}

/** Whether choices are too long to stand beside the name of the option. */
function isLong(choices: readonly string[]): boolean {
  return choices.join('|').length > 40;
}

function choicesOf(choices: readonly string[]): string {
  return `Choices: ${choices.join(', ')}.`;
}

/** Makes the option of a member. Its name is the member's with dashes, in the singular if the option is repeated. */
function optionOf(name: string, member: MemberSpec): readonly [string, OptionSpec] {
  const { hint, ...typing } = typingOf(member);
  const dashed = name.replaceAll('_', '-');
  const isRequired = member.whenAbsent === 'required';
  const sentences = [
    member.means,
    member.rule && `${member.rule.expected.replace(/^./, (first) => first.toUpperCase())}.`,
    hint,
    typing.kind === 'flag' ? `--no-${dashed} says the opposite.` : undefined,
    isRequired ? undefined : `Default: ${member.whenAbsent}.`,
  ];
  const about = sentences.filter((sentence) => sentence !== undefined).join(' ');
  return [
    typing.kind === 'list' ? dashed.replace(/s$/, '') : dashed,
    { ...typing, member: name, about: about.replaceAll('`', '') },
  ];
}

/** An option for each member that a registration may have. */
export const creationOptions: OptionSpecs = Object.fromEntries(
  CLIENT_METADATA_ROWS.map(([name, member]) => optionOf(name, member)),
);
/** An option for each member that may change. */
export const changeOptions: OptionSpecs = Object.fromEntries(
  CLIENT_METADATA_ROWS.filter(([, { change }]) => change !== 'never').map(([name, member]) => optionOf(name, member)),
);
