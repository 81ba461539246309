import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { type Instant, instantOf } from '../../../lambdas/core/instant.ts';
import { unavailable } from '../../builders/partner-central-failures.ts';
import { crashingProcess, untilCrash } from '../../fakes/crashing.ts';
import {
  hourMs,
  listedOpportunity,
  minuteMs,
  opportunityId,
  passKey,
  type ReconcileWorld,
  reconcileWorld,
  run,
  runAfter,
  storeOpportunity,
  takeFindings,
} from './reconcile-world.ts';

/**
 * What may happen within a few hours. `number`: an opportunity. `ago`: by how many seconds the list
 * lags.
 */
type Happening =
  | { readonly kind: 'change'; readonly number: number; readonly ago: number }
  | { readonly kind: 'run'; readonly call: number; readonly full: boolean }
  | { readonly kind: 'hydrate' | 'purge' | 'tokens' | 'failure' }
  | { readonly kind: 'time'; readonly minutes: number }
  | { readonly kind: 'crowd'; readonly others: number };

const happening: fc.Arbitrary<Happening> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('change' as const),
      number: fc.nat({ max: 9 }),
      ago: fc.nat({ max: 55 }),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('run' as const),
      call: fc.integer({ min: 1, max: 60 }),
      full: fc.boolean(),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constantFrom('hydrate', 'purge', 'tokens', 'failure') }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('time' as const), minutes: fc.nat({ max: 20 }) }) },
  {
    arbitrary: fc.record({ kind: fc.constant('crowd' as const), others: fc.constantFrom(0, 199, 500) }),
    weight: 1,
  },
);

interface Storm {
  readonly world: ReconcileWorld;
  /** Timestamps in the list, by opportunity. */
  readonly timestamps: Map<number, Instant>;
}

async function hydrate({ world, timestamps }: Storm): Promise<void> {
  for (const event of takeFindings(world)) {
    const number = event.key.kind === 'opportunity' ? Number(event.key.id.slice(1)) - 1_000_000 : -1;
    if (timestamps.has(number)) await storeOpportunity(world, number, timestamps.get(number));
  }
}

async function happen(storm: Storm, event: Happening): Promise<void> {
  const { world, timestamps } = storm;
  const { partnerCentral, clock } = world;
  switch (event.kind) {
    case 'change': {
      const timestamp = instantOf(clock.nowMs() - event.ago * 1_000);
      if (timestamp <= (timestamps.get(event.number) ?? '')) return;
      timestamps.set(event.number, timestamp);
      return partnerCentral.put('opportunities', listedOpportunity(event.number, timestamp));
    }
    case 'run': {
      const process = crashingProcess({
        call: event.call,
        moment: event.call % 2 === 0 ? 'before' : 'after',
      });
      const queue = process.wrap(world.feeds.opportunity.queue);
      const ports = {
        passes: process.wrap(world.passes),
        partnerCentral: process.wrap(partnerCentral),
        index: process.wrap(world.index),
        feeds: { ...world.feeds, opportunity: { queue } },
      };
      return untilCrash(run(world, event.full ? { full: true } : {}, ports));
    }
    case 'hydrate':
      return hydrate(storm);
    case 'purge':
      return void takeFindings(world);
    case 'tokens':
      return partnerCentral.expireTokens();
    case 'failure':
      return partnerCentral.fail('opportunities', unavailable('ListOpportunities'));
    case 'time':
      return clock.advance(event.minutes * minuteMs);
    case 'crowd':
      return world.queues.opportunity.crowd(event.others);
  }
}

/** Opportunities whose stored state is older than the listed one. */
async function outdated({ world, timestamps }: Storm): Promise<readonly (readonly [number, Instant])[]> {
  const lacking: (readonly [number, Instant])[] = [];
  for (const [number, timestamp] of timestamps) {
    const current = await world.records.current({
      catalog: 'AWS',
      kind: 'opportunity',
      id: opportunityId(number),
    });
    if (current?.lastModifiedAt !== timestamp) lacking.push([number, timestamp]);
  }
  return lacking;
}

it('promise 10: after any mix of crashes, purges, refusals and lags, no watermark passes a missing record, and finally none is missing', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(happening, { minLength: 5, maxLength: 40 }), async (happenings) => {
      const storm: Storm = { world: reconcileWorld({ pageSize: 2 }), timestamps: new Map() };
      const { world } = storm;
      for (const event of happenings) {
        await happen(storm, event);
        const watermark = world.passes.find(passKey('opportunities'))?.state.watermark ?? '';
        for (const [number, timestamp] of await outdated(storm))
          expect(
            watermark <= timestamp,
            `O${number} of ${timestamp} is missing, the watermark is at ${watermark}`,
          ).toBe(true);
      }

      world.queues.opportunity.crowd(0);
      world.partnerCentral.fail('opportunities');
      takeFindings(world);
      for (const ms of [hourMs, minuteMs, minuteMs, hourMs]) await runAfter(world, ms);
      const sent = new Set(world.queues.opportunity.takeAll().map((body) => /"O1\d+"/.exec(body)?.[0]));
      for (const [number] of await outdated(storm)) expect(sent).toContain(`"${opportunityId(number)}"`);
    }),
    { numRuns: 200 },
  );
});
