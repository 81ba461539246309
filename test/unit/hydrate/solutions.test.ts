import { beforeEach, describe, expect, it } from 'vitest';
import type { Json } from '../../../lambdas/core/json.ts';
import { ServiceError } from '../../../lambdas/core/service-error.ts';
import { opportunityEvent } from '../../builders/events.ts';
import { throttled, unavailable } from '../../builders/partner-central-failures.ts';
import { opportunityPayload } from '../../builders/payloads.ts';
import { opportunityKey } from '../../builders/versions.ts';
import {
  type HydrationWorld,
  hydrateOpportunities,
  hydrationWorld,
  queued,
  versionsOf,
} from './hydration-world.ts';

let world: HydrationWorld;

beforeEach(() => {
  world = hydrationWorld();
});

const event = queued(opportunityEvent());

function answer(Solutions: Json | undefined): void {
  const payload = { ...opportunityPayload(), RelatedEntityIdentifiers: { Solutions: Solutions ?? [] } };
  world.partnerCentral.answer('GetOpportunity', opportunityKey.id, payload);
}

/** Counts the lookups of names. */
function asking() {
  const asked: (readonly string[])[] = [];
  return {
    asked,
    solutions: {
      async namesOf(_catalog: string, ids: readonly string[]) {
        asked.push(ids);
        return world.solutionNames;
      },
      knownNamesOf: async () => undefined,
    },
  };
}

describe('solutions of an opportunity', () => {
  it('solutions are stored beside the payload with their known names', async () => {
    answer(['S-1234567', 'S-2', 'S-1234567']);
    world.solutionNames.set('S-1234567', 'Example Data Platform');
    await hydrateOpportunities(world, [event]);
    const solutions = [
      { id: 'S-1234567', name: 'Example Data Platform' },
      { id: 'S-2', name: undefined },
    ];
    expect(versionsOf(world, 'opportunity')).toMatchObject([{ version: 1, solutions }]);
    expect(await world.records.current(opportunityKey)).toMatchObject({ solutions });
  });

  it.each([
    ['none', [], []],
    ['no list', 'S-1234567', []],
    ['not only texts', [null, 7, { Id: 'S-9' }, 'S-2'], [['S-2']]],
  ])('names of solutions are looked up for ids that are texts: %s', async (_, Solutions, expected) => {
    answer(Solutions);
    const { asked, solutions } = asking();
    await hydrateOpportunities(world, [event], { solutions });
    expect(asked).toEqual(expected);
  });

  it('names of solutions are looked up only if the opportunity is read', async () => {
    answer(['S-2']);
    const { asked, solutions } = asking();
    await hydrateOpportunities(world, [event], { solutions });
    await hydrateOpportunities(world, [event], { solutions });
    expect(asked).toHaveLength(1);
  });

  it.each([
    throttled('ListSolutions'),
    unavailable('ListSolutions'),
    new ServiceError('quota.waiting', { limit: 'day', waitMs: 60_000 }),
    new ServiceError('store.unavailable', { operation: 'readSolutions', error: 'TimeoutError' }),
  ])('solutions are stored without names if these cannot be read: $code', async (failure) => {
    answer(['S-2']);
    const solutions = { namesOf: () => Promise.reject(failure), knownNamesOf: () => Promise.reject(failure) };
    await hydrateOpportunities(world, [event], { solutions });
    expect(world.log.of('event.postponed')).toEqual([]);
    expect(versionsOf(world, 'opportunity')).toMatchObject([{ version: 1, solutions: [{ id: 'S-2' }] }]);
  });

  it('a changed name of a solution causes no version by itself', async () => {
    answer(['S-2']);
    await hydrateOpportunities(world, [event]);
    world.solutionNames.set('S-2', 'Example Data Platform');
    world.clock.set('2026-03-01T10:01:05.000Z');
    await hydrateOpportunities(world, [queued(opportunityEvent({ time: '2026-03-01T10:01:00Z' }))]);
    expect(versionsOf(world, 'opportunity')).toHaveLength(1);
  });
});
