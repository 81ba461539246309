import type { Argument, Command, Option } from 'commander';
import { describe, expect, it } from 'vitest';
import { createWholeProgram } from '../../../bin/pcr/program.ts';
import { ioOf, type RunResult, runWith } from '../../fakes/recorded-io.ts';

/* Every argument and option of `pcr` refuses a wrong value before anything is done. */

interface Field {
  /** The command line before the value, e.g. `['endpoints', 'test', 'ep_crm', '--type']`. */
  readonly before: readonly string[];
  /** Required arguments that follow the value. */
  readonly after: readonly string[];
  readonly name: string;
}

/** Valid arguments by name. Any other argument takes any text. */
const validArguments: Readonly<Record<string, string>> = {
  delivery: 'dlv_0123456789abcdef0123456789abcdef',
  endpoint: 'ep_crm',
  url: 'http://localhost:3000/hook',
  from: '1',
  to: '2',
};

function argumentOf(argument: Argument): string {
  return validArguments[argument.name()] ?? 'O1234567';
}

function fieldsOf(command: Command, path: readonly string[]): readonly Field[] {
  const required = command.registeredArguments.filter((argument) => argument.required).map(argumentOf);
  const fieldOf = ({ long }: Option) => ({
    before: [...path, ...required, String(long)],
    after: [],
    name: String(long),
  });
  return [
    ...command.registeredArguments.map((argument, index) => ({
      before: [...path, ...command.registeredArguments.slice(0, index).map(argumentOf)],
      after: required.slice(index + 1),
      name: argument.name(),
    })),
    ...command.options.filter((option) => option.required || option.optional).map(fieldOf),
    ...command.commands.flatMap((each) => fieldsOf(each, [...path, each.name()])),
  ];
}

const program = await createWholeProgram(ioOf({}));
const fields = program.commands
  .filter((command) => command.name() !== 'complete')
  .flatMap((command) => fieldsOf(command, [command.name()]));
const rows = fields.map((field) => [[...field.before, `(${field.name})`].join(' '), field] as const);

function isRefused({ code, out, err }: RunResult): boolean {
  return code === 2 && out === '' && /allowed/i.test(err) && !err.includes('the stack was looked for');
}

describe('an empty value', () => {
  it('is tried for every argument and option that has a value', () => {
    expect(fields.length).toBeGreaterThan(100);
  });

  it.each(rows)('is refused with the name of its field: pcr %s', async (_line, { before, after, name }) => {
    const result = await runWith([...before, '', ...after]);
    expect(isRefused(result), result.err).toBe(true);
    expect(result.err).toContain(name);
    expect(result.err).toContain("''");
  });
});

/**
 * Fields that take any text: names that only the stack knows, ids of Partner Central, texts for
 * people, and files that are written.
 */
const anyText: ReadonlySet<string> = new Set(
  [
    'id command message pk sk --partner-id --target --key --secret-id',
    '--description --reason --customer --email --secrets-file --out',
    // AWS may add a value to these at any time. EventBridge has codes of its own.
    '--stage --review-status --status --catalog --code',
  ].flatMap((names) => names.split(' ')),
);
const strict = rows.filter(
  // What an update would make of an endpoint depends on the stored one.
  ([line, { name }]) => !anyText.has(name) && !line.startsWith('endpoints update ep_crm'),
);

describe('a value that cannot be', () => {
  it('is tried for most fields', () => {
    expect(strict.length).toBeGreaterThan(70);
  });

  it.each(strict)('is refused: pcr %s', async (_line, { before, after }) => {
    const result = await runWith([...before, 'no such / value', ...after]);
    expect(isRefused(result), result.err).toBe(true);
  });
});
