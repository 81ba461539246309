import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { CommanderError } from 'commander';
import { describe, expect, it } from 'vitest';
import { createProgram } from '../../../bin/pcr/program.ts';
import { ioOf } from '../../fakes/recorded-io.ts';

/* Every command that `pcr doctor` advises can be run as it is printed. */

const project = new URL('../../../', import.meta.url);
const folder = 'bin/pcr/doctor';

/** What the source inserts, as it looks in a stack. */
const inserted: Readonly<Record<string, string>> = {
  id: 'ep_crm',
  name: 'Stack-Name',
  pk: 'AWS/opportunity/O1234567',
  sk: 'current',
  attach: 'attach-role-policy --role-name Operators',
  arn: 'arn:aws:sns:us-east-1:111122223333:Urgent',
};

/** Commands between backticks, in strings and in templates. */
function commandsIn(text: string): readonly string[] {
  const quoted = [...text.matchAll(/\\?`((?:aws|npx|pcr) [^`]*?)\\?`/g)].map(([, command = '']) => command);
  return quoted.map((command) =>
    command
      .replaceAll(/(?<=--queue )\$\{name\}/g, 'delivery')
      .replaceAll(/\$\{part\.(?:perSecond|perDay)\}/g, '5')
      .replaceAll(/\$\{(\w+)(?:[^}]*)\}/g, (_whole, name: string) => inserted[name] ?? 'x'),
  );
}

const sources = readdirSync(new URL(`${folder}/`, project)).map((file) => `${folder}/${file}`);
const commands = [
  ...new Set(sources.flatMap((path) => commandsIn(readFileSync(new URL(path, project), 'utf8')))),
];

/** Splits as a shell does, without its expansions. */
function words(command: string): readonly string[] {
  return [...command.matchAll(/'([^']*)'|"((?:[^"\\]|\\.)*)"|(\S+)/g)].map(
    ([, single, double, bare]) => single ?? double ?? bare ?? '',
  );
}

/** Options of the AWS CLI, from its reference. */
const operations: Readonly<Record<string, readonly string[]>> = {
  'cloudwatch describe-alarm-history': ['--alarm-name', '--history-item-type'],
  'cloudwatch enable-alarm-actions': ['--alarm-names'],
  'dynamodb describe-table': ['--table-name', '--query'],
  'dynamodb list-backups': ['--table-name', '--backup-type'],
  'events enable-rule': ['--name'],
  'iam attach-role-policy': ['--role-name', '--policy-arn'],
  'lambda update-event-source-mapping': ['--uuid', '--enabled'],
  'scheduler get-schedule': ['--name', '--query', '--output'],
  'scheduler update-schedule': ['--state', '--cli-input-json'],
  'service-quotas request-service-quota-increase': ['--service-code', '--quota-code', '--desired-value'],
  'sns list-subscriptions-by-topic': ['--topic-arn'],
  'sns subscribe': ['--topic-arn', '--protocol', '--notification-endpoint'],
};

describe('a command that pcr prints', () => {
  it.each(commands)('can be read by a shell: %s', (command) => {
    expect(() => execFileSync('bash', ['-n', '-c', command])).not.toThrow();
  });

  it.each(commands.filter((command) => command.startsWith('pcr ')))(
    'is a command line of pcr: %s',
    async (command) => {
      const [, ...args] = words(command);
      const parsed = createProgram(ioOf({})).parseAsync([...args], { from: 'user' });
      const [result] = await Promise.allSettled([parsed]);
      const error = result.status === 'rejected' ? result.reason : undefined;
      const isHelp = error instanceof CommanderError && error.exitCode === 0;
      // It was read, and then looks for the stack.
      expect(isHelp || (error instanceof Error && error.message === 'the stack was looked for')).toBe(true);
    },
  );

  it.each(commands.filter((command) => command.startsWith('aws ')))(
    'names an operation of AWS with its options: %s',
    (command) => {
      const [, service, operation, ...rest] = words(command);
      const known = operations[`${service} ${operation}`];
      expect(known).toBeDefined();
      const given = rest.filter((word) => word.startsWith('--'));
      // IAM has no region.
      if (service !== 'iam') expect(given).toContain('--region');
      expect(given.filter((option) => !['--region', ...(known ?? [])].includes(option))).toEqual([]);
    },
  );
});
