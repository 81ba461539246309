import { expect, it } from 'vitest';
import { accept } from '../../../lambdas/commands/accept.ts';
import { commandIdOf } from '../../../lambdas/core/command-state.ts';
import type { RecordKey } from '../../../lambdas/core/record.ts';
import { client, commandsWorld, opportunityLine, updateRequest } from './commands-world.ts';

it('a repetition has the answer of the first request and does nothing', async () => {
  const world = await commandsWorld();
  await world.send('a', updateRequest({ expiresAt: '2026-03-02T10:00:00Z' }));
  const before = world.stored();
  // Members in another order, after the expiry, while the action is not enabled any more.
  world.clock.advance(2 * 86_400_000);
  const { action, ...rest } = updateRequest({ expiresAt: '2026-03-02T10:00:00Z', check: false });
  const repeated = await world.send(
    'a',
    { ...rest, ...(action !== undefined && { action }) },
    { enabled: [] },
  );
  expect(repeated).toMatchObject({ kind: 'repeated', command: { id: commandIdOf(client, 'a') } });
  expect(world.stored()).toEqual(before);
});

it.each([
  ['another patch', updateRequest({ patch: { LifeCycle: { Stage: 'Committed' } } })],
  ['another catalog', updateRequest({ catalog: 'Sandbox' })],
  ['a request that is invalid', updateRequest({ action: 'opportunity.delete' })],
])('the same key with %s is refused, and the first command stays', async (_case, other) => {
  const world = await commandsWorld();
  await world.send('a', updateRequest());
  const before = world.stored();
  expect(await world.send('a', other)).toMatchObject({ kind: 'refused', refusal: { code: 'key-reused' } });
  expect(world.stored()).toEqual(before);
});

it('the key alone decides once the content of the command is removed', async () => {
  const world = await commandsWorld();
  await world.send('a', updateRequest());
  world.commandRows.contents.clear();
  expect(await world.send('a', updateRequest({ note: 'other' }))).toMatchObject({ kind: 'repeated' });
});

it('the same key with another request is refused, also if the command moves between the reads of it', async () => {
  const world = await commandsWorld();
  await world.send('a', updateRequest());
  const moved: RecordKey[] = [];
  const records: typeof world.records = {
    ...world.records,
    async current(key) {
      const state = await world.records.current(key);
      if (!state || key.kind !== 'command' || moved.length > 0) return state;
      moved.push(key);
      return { ...state, payload: { ...state.payload, number: 7 } };
    },
  };
  const sent = await world.send('a', updateRequest({ note: 'other' }), { records });
  expect(moved).toHaveLength(1);
  expect(sent).toMatchObject({ kind: 'refused', refusal: { code: 'key-reused' } });
});

it('the same key of another client is another command', async () => {
  const world = await commandsWorld();
  await world.send('a', updateRequest());
  const now = '2026-03-01T10:00:06.000Z';
  const other = { name: 'arn:aws:iam::111122223333:user/erp' };
  expect(await accept(other, 'a', updateRequest(), now, world.deps)).toMatchObject({ kind: 'accepted' });
  expect(world.stored().commands).toBe(2);
});

it('proof 14: the same request through two doors at once is one command', async () => {
  const world = await commandsWorld();
  const outcomes = await Promise.all([1, 2, 3].map(() => world.send('deal-1/stage', updateRequest())));
  expect(outcomes.map(({ kind }) => kind)).not.toContain('refused');
  expect(world.stored()).toEqual({ commands: 1, lines: 1, contents: 1, intents: 1 });
  expect(world.commands.tickets(opportunityLine)).toHaveLength(1);
  expect(world.records.versions().filter(({ kind }) => kind === 'command')).toHaveLength(1);
});

it('proof 14: two other requests under one key at once are one command and one refusal', async () => {
  const world = await commandsWorld();
  const outcomes = await Promise.all(
    ['Qualified', 'Committed'].map((Stage) =>
      world.send('deal-1', updateRequest({ patch: { LifeCycle: { Stage } } })),
    ),
  );
  expect(outcomes.map(({ kind }) => kind).toSorted()).toEqual(['accepted', 'refused']);
  expect(world.stored()).toEqual({ commands: 1, lines: 1, contents: 1, intents: 1 });
});

it('two commands for one record at once are both accepted, each with its own number', async () => {
  const world = await commandsWorld();
  const outcomes = await Promise.all(['a', 'b', 'c'].map((key) => world.send(key, updateRequest())));
  expect(outcomes.map(({ kind }) => kind)).toEqual(['accepted', 'accepted', 'accepted']);
  expect(world.commands.tickets(opportunityLine).map(({ number }) => number)).toEqual([1, 2, 3]);
  expect(world.stored()).toEqual({ commands: 3, lines: 1, contents: 3, intents: 3 });
});
