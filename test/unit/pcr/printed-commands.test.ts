import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CommanderError } from 'commander';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { createWholeProgram } from '../../../bin/pcr/program.ts';
import { settings } from '../../../lib/settings.ts';
import { ioOf } from '../../fakes/recorded-io.ts';
import { temporaryFolder } from '../../infra/synthesized-stack.ts';
import { listDocuments } from '../docs/markdown.ts';
import { listPrintedCommands } from './printed-commands.ts';

/* Every command that a message or a document prints can be run as it is printed. */

const commands = listPrintedCommands();
const of = (start: string) => commands.filter((command) => command.startsWith(`${start} `));

const endpointsFile = join(temporaryFolder(), 'endpoints.yaml');
writeFileSync(endpointsFile, 'endpoints: []\n');
const patchFile = join(temporaryFolder(), 'patch.json');
writeFileSync(patchFile, '{}');
const requestFile = join(temporaryFolder(), 'request.json');
writeFileSync(requestFile, '{}');
const files = new Map([
  ['request.json', requestFile],
  ['endpoints.yaml', endpointsFile],
  ['patch.json', patchFile],
]);

/** Splits as a shell does, without its expansions. */
function words(command: string): readonly string[] {
  return [...command.matchAll(/'([^']*)'|"((?:[^"\\]|\\.)*)"|(\S+)/g)].map(
    ([, single, double, bare]) => single ?? double ?? bare ?? '',
  );
}

/** @returns what is wrong with the arguments of `pcr`, or undefined */
async function findProblem(args: readonly string[]): Promise<string | undefined> {
  const given = args.map((word) => files.get(word) ?? word);
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
  return code === 'commander.missingArgument' && isName(args) ? undefined : message;
}

/** A text may name a command without its arguments: "what `pcr endpoints show` prints". */
function isName(args: readonly string[]): boolean {
  return args.every((word) => /^[a-z][a-z-]*$/.test(word));
}

/** Options of the AWS CLI, from its reference. */
const operations: Readonly<Record<string, readonly string[]>> = {
  'cloudwatch describe-alarm-history': ['--alarm-name', '--history-item-type'],
  'cloudwatch enable-alarm-actions': ['--alarm-names'],
  'dynamodb delete-table': ['--table-name'],
  'dynamodb describe-table': ['--table-name', '--query'],
  'dynamodb list-backups': ['--table-name', '--backup-type'],
  'dynamodb update-table': ['--table-name', '--no-deletion-protection-enabled'],
  'events enable-rule': ['--name'],
  'iam attach-role-policy': ['--role-name', '--policy-arn'],
  'lambda update-event-source-mapping': ['--uuid', '--enabled'],
  'scheduler get-schedule': ['--name', '--query', '--output'],
  'scheduler update-schedule': ['--state', '--cli-input-json'],
  'secretsmanager get-secret-value': ['--secret-id', '--query', '--output'],
  'service-quotas request-service-quota-increase': ['--service-code', '--quota-code', '--desired-value'],
  'sns list-subscriptions-by-topic': ['--topic-arn'],
  'sns subscribe': ['--topic-arn', '--protocol', '--notification-endpoint'],
};

/** Options of the CDK's commands beside `-c`, from its reference. */
const cdkCommands: Readonly<Record<string, readonly string[]>> = {
  bootstrap: [],
  deploy: ['--revert-drift'],
  destroy: [],
  diff: [],
  gc: [],
  import: ['--resource-mapping'],
  synth: [],
};

/** @returns what is wrong with the arguments of `cdk` */
function findCdkProblems(args: readonly string[]): readonly string[] {
  const [name = '', ...rest] = args;
  const known = cdkCommands[name];
  if (!known) return [`there is no cdk ${name}`];
  const unknown = rest.filter((word) => word.startsWith('-') && word !== '-c' && !known.includes(word));
  const given = rest.flatMap((word, index) => (word === '-c' ? (rest[index + 1] ?? '') : []));
  return [...unknown, ...given.filter((setting) => !isSetting(setting))];
}

/** Whether a text is `relay:<a setting>=<an allowed value>`. */
function isSetting(text: string): boolean {
  const [, key = '', value] = /^relay:(\w+)=(.+)$/.exec(text) ?? [];
  const found = Object.entries(settings).find(([name]) => name === key);
  return found !== undefined && v.safeParse(found[1].schema, value).success;
}

it('commands are found in messages, help, outputs and documents', () => {
  expect(commands).toEqual(
    expect.arrayContaining([
      'npx cdk deploy --revert-drift',
      'aws dynamodb delete-table --region us-east-1 --table-name Name',
      'pcr parked drop --queue kept --code event.unhandled',
      'pcr doctor --stack Name',
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
    expect(await findProblem(words(command).slice(1))).toBeUndefined();
  });

  it.each(of('npx cdk'))('is a command of the CDK with settings of the relay: %s', (command) => {
    expect(findCdkProblems(words(command).slice(2))).toEqual([]);
  });

  it.each(of('aws'))('names an operation of AWS with its options: %s', (command) => {
    const [, service, operation, ...rest] = words(command);
    const known = operations[`${service} ${operation}`];
    expect(known).toBeDefined();
    const given = rest.filter((word) => word.startsWith('--'));
    // IAM has no region.
    if (service !== 'iam') expect(given).toContain('--region');
    expect(given.filter((option) => !['--region', ...(known ?? [])].includes(option))).toEqual([]);
  });
});
