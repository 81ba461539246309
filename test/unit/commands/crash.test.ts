import { expect, it } from 'vitest';
import { crashEverywhere, untilCrash } from '../../fakes/crashing.ts';
import { finishIntents } from '../../fakes/finish-intents.ts';
import { commandsWorld, opportunityLine, updateRequest } from './commands-world.ts';

it('promise 1: after a crash at any call of an acceptance, a repetition makes one command', async () => {
  const crashes = await crashEverywhere(async (process) => {
    const world = await commandsWorld();
    const crashing = {
      records: process.wrap(world.records),
      commands: process.wrap(world.commands),
      index: process.wrap(world.deps.index),
      doorbell: process.wrap(world.deps.doorbell),
    };
    await untilCrash(world.send('deal-1', updateRequest(), crashing));
    world.clock.advance(1_000);
    const repeated = await world.send('deal-1', updateRequest());
    expect(['accepted', 'repeated']).toContain(repeated.kind);
    await finishIntents(world.records);

    expect(world.stored()).toMatchObject({ commands: 1, lines: 1, contents: 1 });
    expect(world.commands.tickets(opportunityLine)).toHaveLength(1);
    const versions = world.records.versions().filter(({ kind }) => kind === 'command');
    expect(versions.map(({ version }) => version)).toEqual([1]);
    const line = await world.commands.line(opportunityLine);
    expect(line?.dueAt).toBeDefined();
  });
  // current in two catalogs, the target, current again, line, putIntent, accept, putVersion, ring
  expect(crashes).toBe(2 * 8);
});
