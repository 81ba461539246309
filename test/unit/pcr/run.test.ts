import { CommanderError } from 'commander';
import { describe, expect, it } from 'vitest';
import { CommandError, UsageError } from '../../../bin/pcr/errors.ts';
import { createWholeProgram } from '../../../bin/pcr/program.ts';
import { reportError } from '../../../bin/pcr/run.ts';
import { plainScreen } from '../../../bin/pcr/screen.ts';
import { laterAfter, ServiceError } from '../../../lambdas/core/service-error.ts';
import packageJson from '../../../package.json' with { type: 'json' };
import { runWith } from '../../fakes/recorded-io.ts';

describe('a command line', () => {
  it('prints its version', async () => {
    const { code, out } = await runWith(['--version']);
    expect([code, out]).toEqual([0, packageJson.version]);
  });

  it('prints help with examples on standard output and exits with 0', async () => {
    const { code, out, err } = await runWith(['--help']);
    expect(code).toBe(0);
    expect(out).toContain('Usage: pcr [options] [command]');
    expect(out).toContain('Examples:');
    expect(err).toBe('');
  });

  it.each([
    ['an unknown command', ['endpoint'], "unknown command 'endpoint'"],
    ['an unknown option', ['endpoints', 'list', '--jsn'], "unknown option '--jsn'"],
    ['an argument that is missing', ['endpoints', 'show'], "missing required argument 'endpoint'"],
    ['an invalid argument', ['endpoints', 'show', 'crm'], "'crm' is invalid"],
    ['one argument too many', ['endpoints', 'show', 'ep_crm', 'ep_b'], 'too many arguments'],
    ['a value outside the choices', ['endpoints', 'test', 'ep_crm', '--type', 'x'], 'Allowed choices'],
  ])('exits with 2 for %s before it looks for the stack', async (_what, args, said) => {
    const { code, out, err } = await runWith(args);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(said);
    expect(err).not.toContain('the stack was looked for');
  });

  it('exits with 1 and the reason if something fails', async () => {
    expect(await runWith(['endpoints', 'list'])).toEqual({
      code: 1,
      out: '',
      err: 'error: Error: the stack was looked for',
    });
  });
});

const said = (error: unknown) => {
  const lines: string[] = [];
  const code = reportError({ note: (text) => void lines.push(text), err: plainScreen }, error);
  return { code, lines };
};

const unavailable = (cause: Error) =>
  new ServiceError(
    'store.unavailable',
    { operation: 'all', error: cause.name },
    { retry: laterAfter(1), cause },
  );

describe('reportError', () => {
  it('says that the local stage has ended if nothing answers at its address', () => {
    const refused = Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:4711'), { code: 'ECONNREFUSED' });
    for (const error of [refused, unavailable(refused)])
      expect(said(error)).toEqual({
        code: 1,
        lines: [
          'error: connect ECONNREFUSED 127.0.0.1:4711. If that was the local stage, it has ended: start it with npm start.',
        ],
      });
  });

  const denied = Object.assign(new Error('not authorized to perform: dynamodb:Query'), {
    name: 'AccessDeniedException',
  });
  const signedOut = Object.assign(new Error('Could not load'), { name: 'CredentialsProviderError' });

  it.each<readonly [string, unknown, number, readonly string[]]>([
    [
      'prints every problem of a usage error',
      new UsageError('a: 1', 'b: 2'),
      2,
      ['error: a: 1', 'error: b: 2'],
    ],
    [
      'prints the sentence of a command error',
      new CommandError('Nothing was changed.'),
      1,
      ['Nothing was changed.'],
    ],
    [
      'prints nothing for an error that commander has printed',
      new CommanderError(1, 'commander.x', 'said'),
      2,
      [],
    ],
    [
      'prints the message of an AWS error',
      unavailable(denied),
      1,
      ['error: AccessDeniedException: not authorized to perform: dynamodb:Query'],
    ],
    [
      'says how to get missing credentials',
      unavailable(signedOut),
      1,
      [
        'error: There are no AWS credentials. Sign in, then set --profile or AWS_PROFILE. For a local stage: npm start.',
      ],
    ],
    [
      'names an unreadable endpoint',
      new ServiceError('endpoint.unreadable', { endpointId: 'ep_bad', attributes: ['topics[0]', 'url'] }),
      1,
      [
        'error: Endpoint ep_bad cannot be read: topics[0], url invalid. Repair it with `pcr endpoints update`, or remove it.',
      ],
    ],
    ['prints a value that is not an error', 'odd', 1, ['error: odd']],
  ])('%s', (_what, error, code, lines) => {
    expect(said(error)).toEqual({ code, lines });
  });
});

describe('every command', async () => {
  const commands = await allCommands();

  it('is listed', () => {
    expect(commands.map(({ path }) => path)).toEqual(expect.arrayContaining(['pcr endpoints add']));
  });

  it.each(commands.map(({ path, command }) => [path, command] as const))(
    '%s has a description',
    (_path, command) => {
      expect(command.description()).not.toBe('');
    },
  );

  it.each(commands.map(({ path }) => path))('%s has a help that fits 80 columns', async (path) => {
    const { out } = await runWith([...path.split(' ').slice(1), '--help']);
    // Examples stay in one line, so that they can be copied.
    const lines = out.split('\n').filter((line) => !/^  (?:pcr|aws|eval|cat) /.test(line));
    expect(lines.filter((line) => line.length > 80)).toEqual([]);
  });
});

const unused = () => {
  throw new Error('not in this test');
};

async function allCommands() {
  const program = await createWholeProgram({
    print: unused,
    note: unused,
    out: plainScreen,
    err: plainScreen,
    isTerminal: false,
    isOutputTerminal: true,
    stateFolder: '',
    confirm: unused,
    progress: unused,
    run: unused,
    relay: unused,
    clock: { nowMs: () => 0, sleep: unused },
    random: { next: () => 0 },
    interrupted: unused,
  });
  const below = (command: typeof program, path: string): { path: string; command: typeof program }[] => [
    { path, command },
    ...command.commands.flatMap((each) => below(each, `${path} ${each.name()}`)),
  ];
  return below(program, 'pcr');
}
