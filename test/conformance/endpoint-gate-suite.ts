import { expect, test } from 'vitest';
import type { EndpointGate } from '../../lambdas/core/endpoint-gate.ts';
import type { EndpointGateStore } from '../../lambdas/ports/endpoint-gate.ts';

const open: EndpointGate = {
  slots: { 'worker-1': '2026-03-01T10:02:00.000Z' },
  breaker: {
    failuresInARow: 7,
    failingSince: '2026-03-01T09:00:00.000Z',
    lastFailedAt: '2026-03-01T09:59:00.000Z',
    openings: 2,
    openUntil: '2026-03-01T10:01:00.000Z',
  },
  pace: { nextSlotAt: '2026-03-01T10:00:00.500Z', lastPostponedTo: '2026-03-01T10:00:07.000Z' },
  pause: {
    cause: 'own-fault',
    until: '2026-03-01T10:01:00.000Z',
    since: '2026-03-01T09:58:00.000Z',
    reason: 'secret.unusable: made up',
  },
  slowAt: '2026-03-01T09:55:00.000Z',
};
const idle: EndpointGate = { slots: {}, breaker: { failuresInARow: 0, openings: 0 }, pace: {} };

/** The contract of the port EndpointGateStore. */
export function endpointGateSuite(newStore: () => Promise<EndpointGateStore>): void {
  test('reads no gate and revision 0 if there is no row', async () => {
    const store = await newStore();
    expect(await store.read('ep_example')).toEqual({ gate: undefined, revision: 0 });
  });

  test('reads what was written last, for that endpoint alone', async () => {
    const store = await newStore();
    expect(await store.write('ep_example', open, 0)).toBe('written');
    expect(await store.read('ep_example')).toEqual({ gate: open, revision: 1 });
    expect(await store.read('ep_other')).toEqual({ gate: undefined, revision: 0 });
    expect(
      await store.write('ep_example', { ...idle, breaker: { ...idle.breaker, openUntil: undefined } }, 1),
    ).toBe('written');
    expect(await store.read('ep_example')).toEqual({ gate: idle, revision: 2 });
  });

  test.each([0, 1, 3])('refuses a write on revision %i if the stored one is 2', async (revision) => {
    const store = await newStore();
    await store.write('ep_example', idle, 0);
    await store.write('ep_example', open, 1);
    expect(await store.write('ep_example', idle, revision)).toBe('raced');
    expect(await store.read('ep_example')).toEqual({ gate: open, revision: 2 });
  });

  test.each([0, 1])('accepts one of many concurrent writes on revision %i', async (revision) => {
    const store = await newStore();
    if (revision > 0) await store.write('ep_example', idle, 0);
    const outcomes = await Promise.all([1, 2, 3, 4].map(() => store.write('ep_example', open, revision)));
    expect(outcomes.filter((outcome) => outcome === 'written')).toHaveLength(1);
  });

  test('clears the gate on reset, and refuses later writes on earlier revisions', async () => {
    const store = await newStore();
    await store.write('ep_example', open, 0);
    await store.write('ep_example', open, 1);
    await store.reset('ep_example');
    expect(await store.read('ep_example')).toEqual({ gate: idle, revision: 3 });
    expect(await store.write('ep_example', idle, 3)).toBe('written');
    for (const revision of [0, 1, 2, 3])
      expect(await store.write('ep_example', open, revision)).toBe('raced');
    expect(await store.read('ep_example')).toEqual({ gate: idle, revision: 4 });
  });

  test('can be reset while others write, and if there is no row', async () => {
    const store = await newStore();
    await store.reset('ep_example');
    expect(await store.read('ep_example')).toMatchObject({ gate: idle });
    await Promise.all([
      store.reset('ep_example'),
      store.write('ep_example', open, 1),
      store.reset('ep_example'),
    ]);
    await store.reset('ep_example');
    expect(await store.read('ep_example')).toMatchObject({ gate: idle });
  });
}

/**
 * What a gate is after a hand edit.
 * @param newGates returns an empty store, and what edits the attributes of a row of `ep_example`
 */
export function endpointGateEditSuite(
  newGates: () => Promise<{
    readonly store: EndpointGateStore;
    readonly edit: (attributes: Readonly<Record<string, unknown>>) => Promise<void>;
  }>,
): void {
  test.each([
    { slots: 'none' },
    { pace: undefined },
    { revision: 'latest' },
    { revision: -3 },
    { breaker: { failuresInARow: -1, openings: 0 } },
    { breaker: { failuresInARow: 1, openings: 0, openUntil: 'soon' } },
  ])('a row that was edited to %j can be overwritten', async (edited) => {
    const { store, edit } = await newGates();
    await store.write('ep_example', open, 0);
    await edit(edited);
    const { gate, revision } = await store.read('ep_example');
    expect(gate === undefined).toBe(!('revision' in edited));
    expect(revision).toBe('revision' in edited ? 0 : 1);
    expect(await store.write('ep_example', idle, revision + 1)).toBe('raced');
    expect(await store.write('ep_example', idle, revision)).toBe('written');
    expect(await store.read('ep_example')).toEqual({ gate: idle, revision: revision + 1 });
  });

  test('an edit to other valid values is read as it is', async () => {
    const { store, edit } = await newGates();
    await store.write('ep_example', open, 0);
    await edit({ slots: {}, pause: undefined });
    const { pause: _pause, ...rest } = open;
    expect(await store.read('ep_example')).toEqual({ gate: { ...rest, slots: {} }, revision: 1 });
  });
}
