import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { epochMsOf, instantOf } from '../../../lambdas/core/instant.ts';
import type { Json, JsonObject } from '../../../lambdas/core/json.ts';
import type { PartnerCentral } from '../../../lambdas/ports/partner-central.ts';
import type { QueuedMessage, WorkQueue } from '../../../lambdas/ports/work-queue.ts';
import { engagementPayload } from '../../builders/engagement-payloads.ts';
import { engagementEvent, opportunityEvent } from '../../builders/events.ts';
import { opportunityPayload } from '../../builders/payloads.ts';
import { engagementKey, opportunityKey } from '../../builders/versions.ts';
import { virtualTime } from '../../fakes/virtual-time.ts';
import { hydrateEngagements, hydrateOpportunities, hydrationWorld, queued } from './hydration-world.ts';

const second = 1_000;
const minute = 60 * second;
const startMs = epochMsOf('2026-03-01T10:00:00.000Z');
/** The settling time of the world: a read that begins this long after a change returns it. */
const settleMs = 3 * second;
const lagMs = 5 * minute;

/** One state of a record, with whatever AWS says when it was modified. */
interface Change {
  /** After the change before. */
  readonly afterMs: number;
  /** Few values, so that a record also changes back. */
  readonly content: number;
  readonly modified: Json | undefined;
}

const modified = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: -20, max: 20 }).map((s) => instantOf(startMs + s * 50)) },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: 90 }).map((m) => instantOf(startMs - m * minute)) },
  {
    weight: 1,
    arbitrary: fc.constantFrom<Json | undefined>(
      '2026-03-01T10:00:00',
      '',
      'today',
      1_772_359_200,
      undefined,
    ),
  },
);
const changes: fc.Arbitrary<readonly Change[]> = fc.array(
  fc.record({
    afterMs: fc.oneof(
      { weight: 3, arbitrary: fc.integer({ min: 1, max: 8 * second }) },
      { weight: 1, arbitrary: fc.integer({ min: 1, max: 8 * minute }) },
    ),
    content: fc.integer({ min: 0, max: 3 }),
    modified,
  }),
  { minLength: 2, maxLength: 6 },
);

/** Used one after the other, and again from the start when all are used. */
const chances = fc.array(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), {
  minLength: 8,
  maxLength: 40,
});

const kinds = {
  opportunity: {
    key: opportunityKey,
    hydrate: hydrateOpportunities,
    event: (time: string) => opportunityEvent({ time }),
    payload: (number: number, LastModifiedDate: Json | undefined): JsonObject => {
      const { LastModifiedDate: _, ...rest } = opportunityPayload({ title: `State ${number}` });
      return LastModifiedDate === undefined ? rest : { ...rest, LastModifiedDate };
    },
  },
  engagement: {
    key: engagementKey,
    hydrate: hydrateEngagements,
    event: (time: string) => engagementEvent({ time }),
    payload: (number: number, ModifiedAt: Json | undefined): JsonObject => {
      const { ModifiedAt: _m, CreatedAt: _c, ...rest } = engagementPayload({ title: `State ${number}` });
      return ModifiedAt === undefined ? rest : { ...rest, ModifiedAt };
    },
  },
};
interface History {
  readonly kind: keyof typeof kinds;
  readonly changes: readonly Change[];
  readonly chances: readonly number[];
}

/** Plays a history against the real use case, until no event waits in the queue. */
async function play({ kind, changes: steps, chances: drawn }: History) {
  const { key, event, payload, hydrate } = kinds[kind];
  const time = virtualTime(startMs);
  const clock = time.clock();
  const world = hydrationWorld();
  let draws = 0;
  const draw = (least: number, most: number): number => {
    const chance = drawn[draws % drawn.length] ?? 0;
    draws += 1;
    return Math.floor(least + chance * (most - least));
  };

  let changedAtMs = startMs;
  const states = steps.map(({ afterMs, content, modified: at }) => {
    changedAtMs += afterMs;
    return { changedAtMs, payload: payload(content, at) };
  });
  const stateAt = (ms: number) => states.findLast(({ changedAtMs: at }) => at <= ms)?.payload;

  /** While the stored state is uncertain a replica may lag by minutes. */
  async function longestLagOfReadMs(): Promise<number> {
    const { certainFrom = '' } = (await world.records.current(key)) ?? {};
    return certainFrom > instantOf(time.nowMs()) ? lagMs - 1 : settleMs;
  }
  async function read(): Promise<JsonObject> {
    const readAtMs = time.nowMs();
    const answer = stateAt(readAtMs - draw(0, await longestLagOfReadMs())) ?? states[0]?.payload ?? {};
    await clock.sleep(draw(0, 40 * second));
    return structuredClone(answer);
  }
  const partnerCentral: PartnerCentral = {
    ...world.partnerCentral,
    getOpportunity: read,
    getEngagement: read,
  };

  let waiting = 0;
  async function arrive(message: QueuedMessage, delayMs: number): Promise<void> {
    waiting += 1;
    await clock.sleep(delayMs);
    expect(await hydrate(world, [message], { clock, partnerCentral, queue })).toEqual([]);
    waiting -= 1;
  }
  const queue: WorkQueue = {
    park: (body, reason) => world.queue.park(body, reason),
    async sendAgain({ body, timesSentAgain }, delayMs) {
      void arrive(queued(body, timesSentAgain + 1), delayMs);
    },
  };
  for (const { changedAtMs: atMs } of states) {
    const eventMs = Math.floor(atMs / second) * second;
    const longestDelayMs = draw(0, 4) === 0 ? 8 * minute : 30 * second;
    for (let copies = draw(1, 3); copies > 0; copies -= 1) {
      const arrivesAtMs = eventMs + second + settleMs + draw(0, longestDelayMs);
      const body = event(instantOf(eventMs).replace('.000Z', 'Z'));
      void arrive(queued(body), Math.max(arrivesAtMs, atMs) - startMs);
    }
  }
  await time.run(24 * 60 * minute);
  return { world, waiting, newest: states.at(-1)?.payload, stored: await world.records.current(key) };
}

describe('promise 2: the stored state is the newest state once all events are worked off', () => {
  it.each(['opportunity', 'engagement'] as const)(
    'ends at the newest state of an %s, whatever the timestamps and the order of the reads',
    async (kind) => {
      await fc.assert(
        fc.asyncProperty(fc.record({ changes, chances }), async (history) => {
          const { world, waiting, newest, stored } = await play({ kind, ...history });
          expect(waiting).toBe(0);
          expect(world.queue.parked).toEqual([]);
          expect(stored?.payload).toMatchObject({ ...newest });
        }),
        { numRuns: 500 },
      );
    },
    60_000,
  );
});
