import { command } from '../command-line/command.ts';

/** The shells that there is a script for. */
const SHELLS = ['bash', 'zsh', 'fish'] as const;

// Each script passes the words up to the cursor on. Whatever the shell calls `ciba` answers: a program or a function. zsh
// and fish quote what they insert. bash does not, and `auth0|4711` would be a pipe into a program.
const SCRIPTS: Readonly<Record<string, string>> = {
  bash: `_ciba() {
  local word
  COMPREPLY=()
  while IFS= read -r word; do
    COMPREPLY+=("$(printf %q "$word")")
  done < <(ciba __complete "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -o default -F _ciba ciba`,
  zsh: `#compdef ciba
_ciba() {
  local -a found
  found=("\${(@f)$(ciba __complete "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  if [[ -n "\${found[1]}" ]]; then
    compadd -- "\${found[@]}"
  else
    _files
  fi
}
if [[ "$funcstack[1]" == _ciba ]]; then
  _ciba "$@"
else
  compdef _ciba ciba
fi`,
  fish: `function __ciba_ask
    set -l words (commandline -opc) (commandline -ct)
    set -g __ciba_found (ciba __complete $words[2..-1] 2>/dev/null)
    test -n "$__ciba_found"
end
complete -c ciba -f -n __ciba_ask -a '$__ciba_found'`,
};

/** `ciba completion` */
export const completion = command({
  name: 'completion',
  about: 'Prints the script that completes ciba in a shell: commands, options, values, client ids and contexts.',
  notes:
    'bash: add it to ~/.bashrc. zsh: save it as _ciba in a folder of $fpath. fish: save it as ~/.config/fish/completions/ciba.fish. The script calls ciba, so ciba must be a command of your shell. In a clone, make it one with a function: ciba() { npm --prefix /path/to/the/clone run --silent ciba -- "$@"; }. Ids are asked from the provider that the command line names. If it does not answer within three seconds, none are offered.',
  needs: 'nothing',
  arguments: [{ name: 'shell', about: 'bash, zsh or fish', of: SHELLS }],
  options: {},
  examples: ['ciba completion bash', 'ciba completion zsh', 'ciba completion fish'],
  async run({ argument: { shell } }) {
    const script = SCRIPTS[shell] ?? '';
    return { json: JSON.stringify({ shell, script }), text: script };
  },
});
