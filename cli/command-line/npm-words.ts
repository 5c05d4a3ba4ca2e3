import type { OptionSpecs } from './command.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Says that npm took options of the command for its own. `npm run ciba up --port 3001` runs `ciba up 3001`, and all that
 * is left of `--port` is a variable. Undefined if npm did not start the command, or took nothing.
 */
export function takenByNpm(options: OptionSpecs, environment: Environment): string | undefined {
  if (environment['npm_lifecycle_event'] !== 'ciba') return undefined;
  const taken = Object.keys(options).filter((name) => environment[`npm_config_${name.replaceAll('-', '_')}`]);
  const [first] = taken;
  if (first === undefined) return undefined;
  const named = taken.map((name) => `--${name}`).join(', ');
  return `npm took ${named} for itself: write npm run ciba -- … --${first} …, with -- after ciba`;
}
