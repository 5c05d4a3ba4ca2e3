/**
 * Makes a pattern with properties of Unicode, such as `\p{L}`, when it is first needed, and keeps it. `flags` are added to
 * `u`.
 *
 * Where such a pattern is written as a literal, V8 collects the characters of each property while it parses the file, also
 * inside a function that is never called, and once more where the literal is evaluated. That takes 0.3 to 2.5 ms of each
 * cold start for each pattern.
 */
export function unicodePattern(source: string, flags = ''): () => RegExp {
  let made: RegExp | undefined;
  return () => {
    made ??= new RegExp(source, `u${flags}`);
    return made;
  };
}
