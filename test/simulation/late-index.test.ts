import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../local/partner-central/seeded-random.ts';
import { Faults } from '../../local/simulation/faults.ts';
import { LateIndex } from '../../local/simulation/late-index.ts';
import { randomsOf } from '../../local/simulation/randoms.ts';
import { runUntil, smallWorld } from './small-world.ts';

const longestLagMs = 180_000;

describe('LateIndex', () => {
  it('returns the rows as they are if the index does not lag in this seed', () => {
    const world = smallWorld();
    const rows = new Map([['a', 1]]);
    const index = new LateIndex('index', rows, world);
    rows.set('b', 2);
    expect(index.view()).toEqual(rows);
  });

  it('returns rows as they were while it lags, and as they are when the lag is over', async () => {
    const world = smallWorld({ 'index-lags': [true] });
    const rows = new Map([
      ['a', 1],
      ['b', 1],
    ]);
    const index = new LateIndex('index', rows, world);
    expect(index.view()).toEqual(rows);
    rows.set('a', 2).set('c', 1).delete('b');
    expect(Object.fromEntries(index.view())).toEqual({ a: 1, b: 1 });
    await runUntil(world, longestLagMs / 2);
    expect(Object.fromEntries(index.view())).toEqual({ a: 1, b: 1 });
    await runUntil(world, longestLagMs / 2 + 1);
    expect(Object.fromEntries(index.view())).toEqual({ a: 2, c: 1 });
  });

  it('returns the rows exactly after the storm', () => {
    const world = smallWorld({ 'index-lags': 'always' });
    const rows = new Map([['a', 1]]);
    const index = new LateIndex('index', rows, world);
    index.view();
    rows.set('a', 2);
    world.faults.endStorm();
    expect(index.view()).toEqual(rows);
  });

  it('gives a view that does not change with the rows', () => {
    const rows = new Map([['a', 1]]);
    const view = new LateIndex('index', rows, smallWorld()).view();
    rows.set('a', 2);
    expect(view.get('a')).toBe(1);
  });

  it('returns each key as it is or was within the longest lag, never newer, and not all alike', async () => {
    const random = seededRandom(5);
    const world = smallWorld();
    const faults = new Faults(randomsOf(seedThatLags()), world.trace);
    const rows = new Map<string, number>();
    const index = new LateIndex('index', rows, { ...world, faults });
    /** What each key held from which time on. */
    const past = new Map<string, { readonly fromMs: number; readonly value: number | undefined }[]>();
    const isHeld = (key: string, value: number | undefined): boolean => {
      const states = past.get(key) ?? [];
      const oldestMs = world.scheduler.nowMs() - longestLagMs;
      const first = states.findLastIndex(({ fromMs }) => fromMs <= oldestMs);
      const held = states.slice(Math.max(first, 0)).map((state) => state.value);
      return held.includes(value) || (first < 0 && value === undefined);
    };
    let mixed = 0;
    for (let step = 1; step < 2_000; step += 1) {
      await runUntil(world, step * 2_000);
      const key = `key ${Math.floor(random() * 5)}`;
      const value = random() < 0.3 ? undefined : step;
      if (value === undefined) rows.delete(key);
      else rows.set(key, value);
      past.set(key, [...(past.get(key) ?? []), { fromMs: world.scheduler.nowMs(), value }]);
      const view = index.view();
      const keys = [...past.keys()];
      expect(keys.filter((each) => !isHeld(each, view.get(each)))).toEqual([]);
      const late = keys.filter((each) => view.get(each) !== rows.get(each)).length;
      if (late > 0 && late < keys.length) mixed += 1;
    }
    expect(mixed).toBeGreaterThan(50);
  });
});

function seedThatLags(): number {
  const { trace } = smallWorld();
  for (let seed = 1; ; seed += 1) {
    if (new Faults(randomsOf(seed), trace).isOn('index-lags')) return seed;
  }
}
