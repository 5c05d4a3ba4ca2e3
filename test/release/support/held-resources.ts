import { holdingIn, type Resources } from '../../../release/check/upgrade.ts';
import { type settingsOf, synthesized } from '../../infra/support/synthesized.ts';

/** The file with what the stacks of the last release hold. Before the first release it is what they hold now. */
export const HELD_FILE = 'test/release/held-resources.json';

/** The settings whose stacks are compared, and their templates. */
const SETTINGS = ['minimal', 'production', 'shielded'] as const satisfies readonly (keyof typeof settingsOf)[];

/** Returns the resources of every template, by setting and template, such as `production data`. */
export function templatesNow(): Readonly<Record<string, Resources>> {
  const all = SETTINGS.flatMap((setting) => {
    const { main, data, shield } = synthesized(setting);
    return Object.entries({ main, data, shield }).map(([name, { Resources }]) => [`${setting} ${name}`, Resources]);
  });
  return Object.fromEntries(all);
}

/** Returns the text of the file as of now. */
export function heldNow(): string {
  const held = Object.entries(templatesNow()).map(([name, resources]) => [name, holdingIn(resources)]);
  return `${JSON.stringify(Object.fromEntries(held), undefined, 2)}\n`;
}
