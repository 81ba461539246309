import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CommanderError } from 'commander';
import { describe, expect, it } from 'vitest';
import { columnTypesOf } from '../../../bin/pcr/export/export-state.ts';
import { createWholeProgram } from '../../../bin/pcr/program.ts';
import { writeState } from '../../../bin/pcr/stores/export-folder.ts';
import { ioOf } from '../../fakes/recorded-io.ts';
import { temporaryFolder } from '../../infra/synthesized-stack.ts';
import { listDocuments } from '../docs/markdown.ts';
import { listAwsBlocks, listPrintedCommands, toWords } from './printed-commands.ts';

/* Each command that a message or a document prints is valid. test/integration/printed runs them. */

const commands = listPrintedCommands();
const of = (start: string) => commands.filter((command) => command.startsWith(`${start} `));

const endpointsFile = join(temporaryFolder(), 'endpoints.yaml');
writeFileSync(endpointsFile, 'endpoints: []\n');
const patchFile = join(temporaryFolder(), 'patch.json');
writeFileSync(patchFile, '{}');
const requestFile = join(temporaryFolder(), 'request.json');
writeFileSync(requestFile, '{}');
const exportFolder = temporaryFolder();
writeState(exportFolder, {
  export: 'stages',
  format: 'csv',
  columns: columnTypesOf('stages'),
  table: 'records',
  catalog: 'AWS',
  kind: 'opportunity',
  hasPersonalData: false,
  rowsPerFile: 1,
  startedAt: '2026-03-01T10:00:00.000Z',
  files: [],
  itemsRead: 0,
  unreadable: 0,
});
const urlFile = join(temporaryFolder(), 'slack-url.txt');
writeFileSync(urlFile, 'https://hooks.slack.com/services/T0EXAMPLE/B0EXAMPLE/example0token');
const files = new Map([
  ['slack-url.txt', urlFile],
  ['FILE', urlFile],
  ['request.json', requestFile],
  ['endpoints.yaml', endpointsFile],
  ['patch.json', patchFile],
]);

/** @returns what is wrong with the arguments of `pcr`, or undefined */
async function findProblem(args: readonly string[]): Promise<string | undefined> {
  // The folder of an export that is continued has to exist; that of a new one must not.
  const isResumed = args[0] === 'export' && args[1] === 'resume' && args.length > 2;
  const given = isResumed ? ['export', 'resume', exportFolder] : args.map((word) => files.get(word) ?? word);
  const program = await createWholeProgram(ioOf({}));
  // With `--secrets-prefix` it looks for no stack, and would call AWS.
  program.hook('preAction', (_, action) => {
    if (action.name() === 'uninstall') throw new Error('the stack was looked for');
  });
  const [result] = await Promise.allSettled([program.parseAsync(given, { from: 'user' })]);
  const error: unknown = result.status === 'rejected' ? result.reason : undefined;
  // It was read, and then looks for the stack.
  if (!(error instanceof Error) || error.message === 'the stack was looked for') return undefined;
  if (!(error instanceof CommanderError)) return isName(args) ? undefined : error.message;
  const { code, exitCode, message } = error;
  // Help was requested, or a group of commands is named.
  if (exitCode === 0 || code === 'commander.help') return undefined;
  const isIncomplete = /^commander\.missing(?:Argument|MandatoryOptionValue)$/.test(code);
  return isIncomplete && isName(args) ? undefined : message;
}

/** A text may name a command without its arguments: "what `pcr endpoints show` prints". */
function isName(args: readonly string[]): boolean {
  return args.every((word) => /^[a-z][a-z-]*$/.test(word));
}

it('commands are found in messages, help, outputs and documents', () => {
  expect(commands).toEqual(
    expect.arrayContaining([
      'npx cdk deploy --revert-drift',
      'aws dynamodb delete-table --region us-east-1 --table-name Name',
      'pcr parked drop --queue kept --code event.unhandled',
      'pcr doctor --stack PartnerCentralRelay',
      'pcr parked redrive --queue kept --all --to engagement',
      'npx cdk deploy -c relay:catalogs=Sandbox',
    ]),
  );
});

it('no text calls pcr by npx, which outside of the checkout runs a package of that name', () => {
  const folders = ['bin', 'lib', 'lambdas', 'local', 'docs', 'test', '.github'];
  const inFolders = folders.flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name)),
  );
  const paths = [...inFolders, ...listDocuments()].filter((path) => /\.(?:ts|js|md|ya?ml)$/.test(path));
  expect(paths.length).toBeGreaterThan(700);
  expect(paths.filter((path) => /npx\s+pcr\b/.test(readFileSync(path, 'utf8')))).toEqual([]);
});

describe('a command that is printed', () => {
  it.each(commands)('can be read by a shell: %s', (command) => {
    expect(() => execFileSync('bash', ['-n', '-c', command])).not.toThrow();
  });

  it.each(of('pcr'))('is a command line of pcr: %s', async (command) => {
    expect(await findProblem(toWords(command).slice(1))).toBeUndefined();
  });
});

it('a document that sets the region sets it for version 1 and version 2 of the AWS CLI', () => {
  const lines = listAwsBlocks().flatMap(({ text }) =>
    text.split('\n').filter((line) => line.includes('_REGION=')),
  );
  expect(lines).not.toEqual([]);
  for (const line of lines) {
    expect(line).toMatch(/\bAWS_REGION=/);
    expect(line).toMatch(/\bAWS_DEFAULT_REGION=/);
  }
});
