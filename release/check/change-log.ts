/** Returns what the change log says of a version, without its heading; undefined if it has no section of that version. */
export function notesOf(changeLog: string, version: string): string | undefined {
  const heading = `## [${version}] - `;
  const start = changeLog.split('\n').findIndex((line) => line.startsWith(heading));
  if (start < 0) return undefined;
  const rest = changeLog.split('\n').slice(start + 1);
  const end = rest.findIndex((line) => line.startsWith('## '));
  return rest
    .slice(0, end < 0 ? undefined : end)
    .join('\n')
    .trim();
}

/** What a release says of itself. */
export type Release = {
  /** The version in `package.json`. */
  readonly version: string;
  /** The version in `package-lock.json`. */
  readonly lockedVersion: string;
  readonly changeLog: string;
  /** The tags of the repository. */
  readonly tags: readonly string[];
  /** What `git status --porcelain` prints. */
  readonly status: string;
};

/** Says what is missing before a version can be released, one sentence each. */
export function objectionsTo({ version, lockedVersion, changeLog, tags, status }: Release): readonly string[] {
  const notes = notesOf(changeLog, version);
  const dated = new RegExp(`^## \\[${version.replaceAll('.', '\\.')}\\] - \\d{4}-\\d{2}-\\d{2}$`, 'm');
  const found: readonly (readonly [isWrong: boolean, says: string])[] = [
    [status.trim() !== '', 'The working tree has changes: commit them, so that the tag has what is released.'],
    [!/^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?$/.test(version), `"${version}" in package.json is not a semantic version.`],
    [lockedVersion !== version, `package-lock.json has version ${lockedVersion}: run npm version again.`],
    [tags.includes(`v${version}`), `The tag v${version} exists: raise the version with npm version.`],
    [notes === undefined || !dated.test(changeLog), `CHANGELOG.md has no section "## [${version}] - YYYY-MM-DD".`],
    [notes === '', `CHANGELOG.md says nothing about ${version}.`],
    [!/^## \[Unreleased\]$/m.test(changeLog), 'CHANGELOG.md has no section "## [Unreleased]" for what comes next.'],
  ];
  return found.filter(([isWrong]) => isWrong).map(([, says]) => says);
}
