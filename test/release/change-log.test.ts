import { describe, expect, it } from 'vitest';
import { notesOf, objectionsTo, type Release } from '../../release/check/change-log.ts';

const CHANGE_LOG = `# Changelog

## [Unreleased]

## [1.2.0] - 2027-01-31

### Added

- A thing.

## [1.1.0] - 2027-01-01

- An older thing.
`;
const good: Release = {
  version: '1.2.0',
  lockedVersion: '1.2.0',
  changeLog: CHANGE_LOG,
  tags: ['v1.1.0'],
  status: '',
};

describe('the notes of a release', () => {
  it('are the section of its version in the change log', () => {
    expect(notesOf(CHANGE_LOG, '1.2.0')).toBe('### Added\n\n- A thing.');
    expect(notesOf(CHANGE_LOG, '1.1.0')).toBe('- An older thing.');
    expect(notesOf(CHANGE_LOG, '1.2')).toBeUndefined();
  });
});

describe('a release', () => {
  it('has no objections if the tree is clean, and version, lock and change log agree', () => {
    expect(objectionsTo(good)).toEqual([]);
  });

  const cases: readonly (readonly [string, Partial<Release>, string])[] = [
    ['changes that are not committed', { status: ' M README.md\n' }, 'working tree'],
    ['a version that is none', { version: '1.2', lockedVersion: '1.2' }, 'not a semantic version'],
    ['another version in package-lock.json', { lockedVersion: '1.1.0' }, 'package-lock.json has version 1.1.0'],
    ['a version that has a tag', { tags: ['v1.2.0'] }, 'The tag v1.2.0 exists'],
    ['no section in the change log', { version: '1.3.0', lockedVersion: '1.3.0' }, 'no section "## [1.3.0]'],
    ['no date', { changeLog: CHANGE_LOG.replace('2027-01-31', 'soon') }, 'no section "## [1.2.0]'],
    [
      'an empty section',
      { changeLog: CHANGE_LOG.replace('### Added\n\n- A thing.\n', '') },
      'says nothing about 1.2.0',
    ],
    ['no place for what comes next', { changeLog: CHANGE_LOG.replace('## [Unreleased]', '') }, '"## [Unreleased]"'],
  ];
  it.each(cases)('is refused with %s', (_what, change, says) => {
    expect(objectionsTo({ ...good, ...change })).toEqual(expect.arrayContaining([expect.stringContaining(says)]));
  });
});
