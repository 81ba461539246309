import { beforeAll, describe, expect, it } from 'vitest';
import { runSeed } from '../../local/simulation/run-seed.ts';

/** Together they meet every end that these tests look for. */
const seeds = [1, 2, 3, 4, 5, 6];

/** What the storms of all seeds met. */
const met = new Map<string, number>();

beforeAll(async () => {
  for (const seed of seeds) {
    const result = await runSeed({ seed, commands: 16 });
    expect(result.violations).toEqual([]);
    for (const [name, times] of Object.entries(result.met)) met.set(name, (met.get(name) ?? 0) + times);
  }
});

describe('a storm with commands', () => {
  it.each(['lead.accept', 'engagement.update_context', 'lead.to_opportunity'])(
    'has leads, so that a command %s succeeds',
    (action) => {
      expect(met.get(`${action} succeeded`)).toBeGreaterThan(0);
    },
  );

  it.each(['opportunity.update', 'engagement.update_context', 'lead.to_opportunity'])(
    'refuses a command %s that the definition of its client does not allow, and keeps promise 18',
    (action) => {
      expect(met.get(`${action} not-allowed`)).toBeGreaterThan(0);
    },
  );

  it.each(['succeeded', 'cancelled'])(
    'has commands that wait for an operator and that have %s in the end, and keeps promise 18',
    (status) => {
      expect(met.get(`opportunity.assign ${status}`)).toBeGreaterThan(0);
    },
  );
});
