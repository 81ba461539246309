import { describe, expect, it } from 'vitest';
import {
  type FaultKind,
  Faults,
  faultKinds,
  faultShares,
  isFaultKind,
} from '../../local/simulation/faults.ts';
import { randomsOf } from '../../local/simulation/randoms.ts';
import { Trace } from '../../local/simulation/trace.ts';

const occasions = 2_000;

function faultsOf(seed: number, only?: readonly string[]): Faults {
  return new Faults(randomsOf(seed), new Trace(() => 0), only && new Set(only));
}

/** The first seed in which these kinds are on. */
function seedWith(...kinds: readonly FaultKind[]): number {
  for (let seed = 1; ; seed += 1) {
    const faults = faultsOf(seed);
    if (kinds.every((kind) => faults.isOn(kind))) return seed;
  }
}

/** The occasions of a kind at which it strikes, with those of other kinds between them. */
function strikesOf(faults: Faults, kind: FaultKind, ...others: readonly FaultKind[]): readonly number[] {
  const struck: number[] = [];
  for (let occasion = 0; occasion < occasions; occasion += 1) {
    if (faults.strikes(kind, 'worker', 'meets it')) struck.push(occasion);
    for (const other of others) {
      faults.strikes(other, 'worker', 'meets another');
      faults.random(other)();
    }
  }
  return struck;
}

describe('Faults', () => {
  it('strike at the same occasions in each run of a seed, and at others in another seed', () => {
    const [seed] = [seedWith('call-refused')];
    const struck = strikesOf(faultsOf(seed), 'call-refused');
    expect(strikesOf(faultsOf(seed), 'call-refused')).toEqual(struck);
    const others = Array.from({ length: 20 }, (_, index) =>
      strikesOf(faultsOf(index), 'call-refused').join(),
    );
    expect(new Set(others).size).toBeGreaterThan(2);
  });

  it('switch a random part of the kinds on in each seed', () => {
    const on = Array.from({ length: 200 }, (_, seed) => {
      const faults = faultsOf(seed);
      return faultKinds.filter((kind) => faults.isOn(kind));
    });
    const share = on.flat().length / (200 * faultKinds.length);
    expect(share).toBeGreaterThan(0.3);
    expect(share).toBeLessThan(0.5);
    expect(new Set(on.flat())).toEqual(new Set(faultKinds));
    expect(new Set(on.map((kinds) => kinds.join())).size).toBe(200);
  });

  it('strike at no larger share of their occasions than their kind allows', () => {
    for (const kind of faultKinds) {
      const struck = strikesOf(faultsOf(seedWith(kind)), kind).length;
      expect([kind, struck / occasions <= 1.3 * faultShares[kind] + 0.005]).toEqual([kind, true]);
    }
  });

  it('draw from numbers of their own, whatever other kinds meet meanwhile', () => {
    const seed = seedWith('call-refused', 'call-slow', 'event-lost');
    const alone = strikesOf(faultsOf(seed), 'call-refused');
    expect(alone.length).toBeGreaterThan(0);
    expect(strikesOf(faultsOf(seed), 'call-refused', 'call-slow', 'event-lost')).toEqual(alone);
  });

  it('have details of their own, which do not change when they strike', () => {
    const seed = seedWith('call-slow');
    const faults = faultsOf(seed);
    const first = faultsOf(seed).random('call-slow')();
    strikesOf(faults, 'call-slow');
    expect(faults.random('call-slow')()).toBe(first);
  });

  it('have ids that number the faults of each kind, and are counted', () => {
    const faults = faultsOf(seedWith('call-refused'));
    const times = strikesOf(faults, 'call-refused').length;
    expect(faults.struck).toEqual(Array.from({ length: times }, (_, index) => `call-refused ${index + 1}`));
    expect(Object.fromEntries(faults.counts)).toEqual({ 'call-refused': times });
  });

  it('strike only if their id is in the list, at the occasion at which they struck without it', () => {
    const seed = seedWith('call-refused', 'call-slow');
    const all = strikesOf(faultsOf(seed), 'call-refused', 'call-slow');
    const faults = faultsOf(seed, ['call-refused 2', 'call-refused 4']);
    expect(strikesOf(faults, 'call-refused', 'call-slow')).toEqual([all[1], all[3]]);
    expect(faults.struck).toEqual(['call-refused 2', 'call-refused 4']);
    expect(Object.fromEntries(faults.counts)).toEqual({ 'call-refused': 2 });
  });

  it('do not strike at all with an empty list', () => {
    expect(strikesOf(faultsOf(seedWith('call-refused'), []), 'call-refused')).toEqual([]);
  });

  it('end with the storm', () => {
    const faults = faultsOf(seedWith('call-refused'));
    expect(faults.isStorm).toBe(true);
    faults.endStorm();
    expect([faults.isStorm, strikesOf(faults, 'call-refused')]).toEqual([false, []]);
  });

  it('are noted in the trace with their ids', () => {
    const trace = new Trace(() => 5);
    const faults = new Faults(randomsOf(seedWith('call-refused')), trace);
    strikesOf(faults, 'call-refused');
    expect(trace.entries[0]).toEqual({ atMs: 5, who: 'worker', what: 'meets it', fault: 'call-refused 1' });
    expect(trace.entries.map(({ fault }) => fault)).toEqual(faults.struck);
  });

  it('have names that differ from other texts', () => {
    expect([isFaultKind('call-slow'), isFaultKind('change'), isFaultKind('toString')]).toEqual([
      true,
      false,
      false,
    ]);
  });
});

describe('randomsOf', () => {
  it('gives each concern numbers of its own', () => {
    const [alone, among] = [randomsOf(1), randomsOf(1)];
    const numbers = Array.from({ length: 5 }, () => alone('ties')());
    const mixed = Array.from({ length: 5 }, () => {
      among('work')();
      return among('ties')();
    });
    expect(mixed).toEqual(numbers);
    expect(randomsOf(1)('work')()).not.toBe(numbers[0]);
    expect(randomsOf(2)('ties')()).not.toBe(numbers[0]);
  });
});
