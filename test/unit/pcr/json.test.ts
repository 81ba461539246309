import { CommanderError } from 'commander';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { errorJson } from '../../../bin/pcr/error-json.ts';
import { UsageError } from '../../../bin/pcr/errors.ts';
import { createWholeProgram } from '../../../bin/pcr/program.ts';
import { ioOf, runWith } from '../../fakes/recorded-io.ts';

type Program = Awaited<ReturnType<typeof createWholeProgram>>;

function leavesOf(command: Program, path = ''): { path: string; command: Program }[] {
  if (command.commands.length === 0) return [{ path, command }];
  return command.commands.flatMap((each) => leavesOf(each, `${path} ${each.name()}`.trim()));
}

/** `complete` prints for a shell, and `listen` has --print-json. */
const without = ['complete', 'listen'];
const leaves = leavesOf(await createWholeProgram(ioOf({}))).filter(({ path }) => !without.includes(path));

const document = v.object({
  error: v.object({
    kind: v.picklist(['usage', 'failed']),
    message: v.string(),
    problems: v.optional(v.array(v.record(v.string(), v.string()))),
  }),
});

/** The last line of standard error. */
const errorOf = (err: string) => v.parse(document, JSON.parse(err.split('\n').at(-1) ?? '')).error;

describe('--json', () => {
  it.each(leaves.map(({ path, command }) => [path, command] as const))(
    'is an option of pcr %s',
    (_, { options }) => {
      expect(options.map(({ long }) => long)).toContain('--json');
    },
  );

  it.each([
    ['endpoints list --bogus', { field: 'option', value: '--bogus' }],
    ['endpoints lst', { field: 'command', value: 'lst', didYouMean: 'list' }],
    ['unknown', { field: 'command', value: 'unknown' }],
    ['endpoints show', { field: 'endpoint' }],
    ['endpoints show crm', { field: 'endpoint', value: 'crm', allowed: expect.stringMatching(/^ep_ and 1/) }],
    ['deliveries list --since yy', { field: '--since', value: 'yy', allowed: expect.stringMatching(/ 7d$/) }],
    ['deliveries list --limit', { field: '--limit' }],
    [
      'commands list --status odd',
      { field: '--status', value: 'odd', allowed: expect.stringMatching(/^accepted, waiting/) },
    ],
    [
      'endpoints add --url x --topic *',
      { field: 'url', value: 'x', allowed: expect.stringMatching(/^an https/) },
    ],
    ['commands send missing.json', { field: '<file>', value: 'missing.json' }],
  ])('makes a usage error of `pcr %s` one line of JSON', async (line, problem) => {
    const { code, out, err } = await runWith([...line.split(' '), '--json']);
    expect([code, out]).toEqual([2, '']);
    expect(err.split('\n')).toHaveLength(1);
    const { kind, problems } = errorOf(err);
    expect(kind).toBe('usage');
    expect(problems?.[0]).toMatchObject(problem);
  });

  it('makes the error of a group without a command JSON, and names the group', async () => {
    const { code, err } = await runWith(['endpoints', '--json']);
    expect([code, errorOf(err).kind]).toEqual([2, 'usage']);
  });

  it('prints every problem of a definition', async () => {
    const { err } = await runWith(['endpoints', 'add', '--json', '--url', 'x', '--topic', 'unknown']);
    expect(errorOf(err).problems?.map(({ field }) => field)).toEqual(['url', 'topics[0]']);
  });

  it('makes a failure JSON, and leaves out what is not known', async () => {
    const { code, err } = await runWith(['quota', '--json']);
    expect([code, errorOf(err)]).toEqual([1, { kind: 'failed', message: 'Error: the stack was looked for' }]);
  });

  it('is no option after --, where words are arguments', async () => {
    const { err } = await runWith(['endpoints', 'show', '--', '--json']);
    expect(err).toMatch(/^error: command-argument value '--json' is invalid/);
  });
});

/** The first problem, without its words. */
const problemOf = (error: unknown) => {
  const [problem] = v.parse(document, JSON.parse(errorJson(error, ''))).error.problems ?? [];
  const { message: _, ...rest } = problem ?? {};
  return rest;
};

describe('an option and a member of JSON', () => {
  it.each(['endpoint', 'endpoint-id'])('have the same name: --%s', async (name) => {
    const { err } = await runWith(['deliveries', 'list', `--${name}`, 'crm', '--json']);
    expect(errorOf(err).problems?.[0]).toMatchObject({ field: '--endpoint-id', value: 'crm' });
  });

  it.each(['customer', 'customer-name'])('have the same name: --%s', async (name) => {
    const { err } = await runWith(['opportunities', 'list', `--${name}`, '', '--json']);
    expect(errorOf(err).problems?.[0]).toMatchObject({ field: '--customer-name', value: '' });
  });
});

describe('errorJson', () => {
  it.each([
    [
      '--stack x: it does not exist; allowed: an existing one',
      { field: '--stack', value: 'x', allowed: 'an existing one' },
    ],
    [
      '--secrets-prefix x: allowed: <stack name>/endpoints/',
      { field: '--secrets-prefix', value: 'x', allowed: '<stack name>/endpoints/' },
    ],
    [
      '--to (not given): it would stay. Allowed: a, b',
      { field: '--to', value: '(not given)', allowed: 'a, b' },
    ],
    ['the file: 3 changes; allowed: 2', { field: 'the file', allowed: '2' }],
    ['topics[0]: "a; b"; allowed: a topic', { field: 'topics[0]', value: 'a; b', allowed: 'a topic' }],
    [
      'endpoint ep_crn: it does not exist; allowed: ep_bus, ep_crm',
      { field: 'endpoint', value: 'ep_crn', allowed: 'ep_bus, ep_crm', didYouMean: 'ep_crm' },
    ],
    // Words of a sentence are no values.
    [
      'id unknown: allowed: a record, such as O1234567, or a run',
      { field: 'id', value: 'unknown', allowed: 'a record, such as O1234567, or a run' },
    ],
    ['Which messages? Allowed: ids, or --all.', { allowed: 'ids, or --all' }],
    ['A command has no personal data: erase the record.', {}],
  ])('finds the parts of: %s', (text, parts) => {
    expect(problemOf(new UsageError(text))).toEqual(parts);
  });

  it('keeps an error of commander that has another form whole', () => {
    expect(problemOf(new CommanderError(1, 'commander.odd', 'error: something else'))).toEqual({});
  });
});
