import packageJson from '../../../package.json' with { type: 'json' };

const runbookFile = 'docs/runbook.md';

/** `cdk synth` prints this warning once if alarms cannot link to the runbook. */
export const missingRunbookWarning =
  'Alarm descriptions name docs/runbook.md without a link. Set relay:runbookUrl to the URL of that page.';

/** Returns the URL of the runbook, or its file name if no URL is known. */
export function runbookPage(runbookUrl: string | undefined): string {
  return runbookUrl ?? `${runbookFile} (set relay:runbookUrl for a link)`;
}

/** Returns the URL of the section about an alarm, or its name and file if no URL is known. */
export function runbookSection(runbookUrl: string | undefined, alarmId: string): string {
  return runbookUrl === undefined
    ? `section ${alarmId} of ${runbookPage(undefined)}`
    : `${runbookUrl}#${alarmId.toLowerCase()}`;
}

/**
 * Derives the URL of the runbook page from `repository` in `package.json`, which npm allows to be
 * `github:owner/name`, `owner/name`, a URL, or an object with a URL.
 * @returns undefined if package.json names no repository on the web
 */
export function deriveRunbookUrl(manifest: object = packageJson): string | undefined {
  const { repository } = { repository: undefined, ...manifest };
  const text = readRepository(repository);
  const [, shorthand] = /^(?:github:)?([\w.-]+\/[\w.-]+)$/.exec(text) ?? [];
  const page = shorthand === undefined ? text.replace(/^git\+/, '') : `https://github.com/${shorthand}`;
  if (!page.startsWith('https://')) return undefined;
  return `${page.replace(/(?:\.git)?\/?$/, '')}/blob/HEAD/${runbookFile}`;
}

function readRepository(repository: unknown): string {
  if (typeof repository === 'string') return repository;
  const hasUrl = typeof repository === 'object' && repository !== null && 'url' in repository;
  return hasUrl && typeof repository.url === 'string' ? repository.url : '';
}
