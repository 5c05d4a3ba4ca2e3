// How the demo in a terminal tells what happens.

let number = 0;

/** Begins a step: what happens, and the call. */
export function step(title: string, call: string): void {
  number += 1;
  console.log(`\n${number}. ${title}\n   ${call}`);
}

/** Says what came of it. */
export function say(text: string): void {
  console.log(`   → ${text}`);
}

/** Shows the claims of a token whose signature is right. */
export function show(name: string, claims: Readonly<Record<string, unknown>>): void {
  console.log(`   ${name}, signature verified:`);
  for (const [claim, value] of Object.entries(claims)) console.log(`     ${claim.padEnd(18)} ${JSON.stringify(value)}`);
}
