import { expect, test } from 'vitest';
import { parseLastRelease } from '../../upgrade/last-release.ts';

test('the last release is the first heading of the changelog with a number', () => {
  const changelog = [
    '# Changelog',
    '## [Unreleased]',
    '- Commit fffffff is mentioned here.',
    '## [1.10.0] - 2027-01-02',
    '',
    'Commit 0123abc. It adds things.',
    '## [1.9.0] - 2026-12-24',
    '',
    'Commit 7654321.',
  ].join('\n');
  expect(parseLastRelease(changelog)).toEqual({ version: '1.10.0', commit: '0123abc' });
});

test('a changelog without the commit of a release is refused', () => {
  expect(() => parseLastRelease('## [Unreleased]\n\n## [1.0.0] - 2027-01-02\n')).toThrow(
    'CHANGELOG.md names no release with its commit',
  );
});
