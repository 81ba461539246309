import { afterEach, describe, expect, it, vi } from 'vitest';
import { completeWords } from '../../../bin/pcr/complete/complete-words.ts';
import { storedIds } from '../../../bin/pcr/complete/stored-ids.ts';
import { createWholeProgram } from '../../../bin/pcr/program.ts';
import { manualClock } from '../../fakes/manual-clock.ts';
import { ioOf } from '../../fakes/recorded-io.ts';

type Program = Awaited<ReturnType<typeof createWholeProgram>>;

afterEach(() => {
  vi.restoreAllMocks();
});

/** @returns what the shell offers, and how often the stack was looked for */
async function offered(line: string): Promise<{ values: readonly string[]; lookups: number }> {
  const printed = vi.spyOn(console, 'log').mockReturnValue(undefined);
  let lookups = 0;
  const find = async (kind: 'endpoint' | 'client') => {
    lookups += 1;
    return kind === 'endpoint' ? ['ep_bus', 'ep_crm'] : ['crm', 'erp'];
  };
  await completeWords(line.split(' '), find, ioOf({}));
  const lines = printed.mock.calls.map(([text]) => String(text));
  printed.mockRestore();
  expect(lines.at(-1)).toBe(':4');
  return { values: lines.slice(0, -1).map((each) => each.split('\t')[0] ?? ''), lookups };
}

describe('completion', () => {
  it.each([
    ['end', ['endpoints']],
    ['parked ', ['list', 'show', 'redrive', 'drop']],
    ['opportunities list --stage Q', ['Qualified']],
    ['opportunities list --review-status App', ['Approved']],
    ['invitations list --status ', ['PENDING', 'ACCEPTED', 'REJECTED', 'EXPIRED']],
    ['deliveries list --status e', ['exhausted']],
    ['commands list --status w', ['waiting']],
    ['parked list --queue de', ['delivery']],
    ['parked list --code delivery.exh', ['delivery.exhausted']],
    ['parked redrive --to i', ['invitation']],
    ['endpoints add --topic opportunity.stage', ['opportunity.stage_changed']],
    ['endpoints add --topic *', ['*']],
    ['replay --type engagement.c', ['engagement.created', 'engagement.contexts_changed']],
    ['endpoints update ep_crm --payload t', ['thin']],
    ['endpoints update ep_crm --unset fil', ['filter']],
    ['clients add --action opportunity.up', ['opportunity.update']],
    ['clients update crm --approval al', ['always']],
    ['clients update crm --unset nev', ['never']],
    ['reconcile --catalog S', ['Sandbox']],
    ['export ', ['deals', 'changes', 'stages', 'deliveries', 'resume']],
    ['export deals --format c', ['csv']],
    ['changes --topic opportunity.stage', ['opportunity.stage_changed']],
    ['changes --kind op', ['opportunity']],
    ['complete z', ['zsh']],
    ['unknown ', []],
  ])('offers values after `pcr %s` without calling the stack', async (line, values) => {
    expect(await offered(line)).toEqual({ values, lookups: 0 });
  });

  it.each([
    'endpoints show ',
    'endpoints show ep_',
    'replay --endpoint ',
    'replay --endpoint-id ep',
    'deliveries list --endpoint e',
  ])('offers the endpoints of the stack after `pcr %s`', async (line) => {
    expect(await offered(line)).toEqual({ values: ['ep_bus', 'ep_crm'], lookups: 1 });
  });

  it.each(['clients show ', 'clients remove c', 'clients rotate-secret ', 'commands list --client '])(
    'offers the clients of the stack after `pcr %s`',
    async (line) => {
      const { values, lookups } = await offered(line);
      const typed = line.endsWith(' ') ? '' : 'c';
      expect({ values, lookups }).toEqual({
        values: ['crm', 'erp'].filter((id) => id.startsWith(typed)),
        lookups: 1,
      });
    },
  );

  it('offers every choice of every option', async () => {
    const program = await createWholeProgram(ioOf({}));
    const withChoices = (command: Program, path: string): [string, readonly string[]][] => [
      ...command.options.flatMap(({ long, argChoices }): [string, readonly string[]][] =>
        argChoices ? [[`${path} ${long}`, argChoices]] : [],
      ),
      ...command.commands.flatMap((each) => withChoices(each, `${path} ${each.name()}`.trim())),
    ];
    const all = withChoices(program, '');
    expect(all.length).toBeGreaterThan(1);
    for (const [line, choices] of all) expect((await offered(`${line} `)).values).toEqual(choices);
  });
});

describe('storedIds', () => {
  const never = new Promise<never>(() => undefined);

  it.each([
    ['the stack is not found', async () => Promise.reject(new Error('no stack'))],
    ['the stack does not answer within a second', () => never],
  ])('finds neither endpoints nor clients if %s', async (_, relay) => {
    const clock = manualClock();
    const found = Promise.all([
      storedIds('endpoint', { relay, clock }),
      storedIds('client', { relay, clock }),
    ]);
    clock.advance(1_000);
    expect(await found).toEqual([[], []]);
  });
});
