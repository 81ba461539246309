import { describe, expect, it } from 'vitest';
import { generateStorm, harmedOpportunities } from '../../local/chaos/nemesis-generator.ts';
import { seededRandom } from '../../local/partner-central/seeded-random.ts';

const targets = {
  functionIds: ['F1', 'F2'],
  doorbellIds: ['D1'],
  eventQueueIds: ['E1', 'E2'],
  endpointIds: ['ep_1'] as const,
};
const planOf = (seed: number) => generateStorm(seededRandom(seed), targets, 6_000);

describe('generateStorm', () => {
  it('plans the same actions for the same seed, and others for another seed', () => {
    expect(planOf(1)).toEqual(planOf(1));
    expect(planOf(1)).not.toEqual(planOf(2));
  });

  it('plans actions in order of time and within the storm', () => {
    const times = planOf(3).map(({ atMs }) => atMs);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    expect(times.every((atMs) => atMs >= 0 && atMs <= 6_000)).toBe(true);
  });

  it('plans every kind of action over a few seeds', () => {
    const kinds = new Set([1, 2, 3, 4, 5].flatMap((seed) => planOf(seed).map(({ action }) => action.kind)));
    expect([...kinds].toSorted()).toEqual([
      'ask-to-wait',
      'break-names',
      'break-secret',
      'edit-row',
      'end-worker',
      'endless-lists',
      'erase-record',
      'partner-central-fails',
      'partner-central-throttles',
      'purge',
      'refuse-calls',
      'refuse-type',
      'reread-stream',
      'restore-record',
      'stall-stream',
      'trim-stream',
    ]);
  });

  it('plans edits of every kind of row over a hundred seeds, and harms no edited opportunity otherwise', () => {
    const actions = Array.from({ length: 100 }, (_, seed) => planOf(seed))
      .flat()
      .map(({ action }) => action);
    const edited = actions.flatMap((action) => (action.kind === 'edit-row' ? [action.row] : []));
    expect([...new Set(edited)].toSorted()).toEqual([
      'current',
      'delivery',
      'endpoint',
      'gate',
      'ledger',
      'pass',
      'sightings',
      'solutions',
      'version',
    ]);
    const harmed = actions.flatMap((action) => ('opportunity' in action ? [action.opportunity] : []));
    expect(new Set(harmed)).toEqual(new Set(harmedOpportunities));
  });
});
