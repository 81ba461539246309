import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { epochMsOf, instantOf } from '../../../lambdas/core/instant.ts';
import { at, type JsonObject } from '../../../lambdas/core/json.ts';
import type { RecordKey } from '../../../lambdas/core/record.ts';
import type { Version } from '../../../lambdas/core/version.ts';
import type { Clock } from '../../../lambdas/ports/clock.ts';
import { applyChanges } from '../../../local/apply-changes.ts';
import { invitationEvent, opportunityEvent } from '../../builders/events.ts';
import { invitationPayload } from '../../builders/invitation-payloads.ts';
import { accessDenied } from '../../builders/partner-central-failures.ts';
import { awsSummaryPayload, opportunityPayload } from '../../builders/payloads.ts';
import { invitationKey, opportunityKey, summaryKey } from '../../builders/versions.ts';
import {
  type HydrationWorld,
  hydrateInvitations,
  hydrateOpportunities,
  hydrationWorld,
  queued,
  sentAgain,
} from './hydration-world.ts';
import { goingClock, slow } from './interleaving.ts';

type Hydrate = typeof hydrateOpportunities;

/** One change in Partner Central, and the event that reports it. */
interface Step {
  readonly change: () => void;
  readonly event: (time: string) => JsonObject;
}

/** Hydrates every event in its own worker as soon as it is sent, all concurrently. */
async function play(
  world: HydrationWorld,
  steps: readonly Step[],
  hydrate: Hydrate,
  { scheduler, clock }: { readonly scheduler: fc.Scheduler; readonly clock: Clock },
): Promise<void> {
  const ports = {
    clock,
    records: slow(world.records, scheduler),
    partnerCentral: slow(world.partnerCentral, scheduler),
  };
  const workers: Promise<string[]>[] = [];
  const changes = scheduler.scheduleSequence(
    steps.map(({ change, event }) => async () => {
      change();
      const time = instantOf(Math.floor(clock.nowMs() / 1_000) * 1_000);
      workers.push(hydrate(world, [queued(event(time))], ports));
    }),
  );
  await scheduler.waitFor(changes.task);
  expect(await scheduler.waitFor(Promise.all(workers))).toEqual(steps.map(() => []));
  for (let done = 0; done < world.queue.sent.length; done += 1) {
    const again = sentAgain(world, done).slice(0, 1);
    expect(await hydrate(world, again, { clock })).toEqual([]);
  }
}

/** Asserts what holds for every history, and returns its last version. */
function historyOf(world: HydrationWorld, key: RecordKey): Version | undefined {
  const versions = world.records.versions().filter(({ kind, id }) => kind === key.kind && id === key.id);
  let before: Version | undefined;
  for (const version of versions) {
    expect(version.version).toBe((before?.version ?? 0) + 1);
    if (before) {
      expect(applyChanges(before.payload, version.changes)).toEqual(version.payload);
      expect(version.lastModifiedAt ?? '').not.toBe(before.lastModifiedAt);
      expect(changeNumberOf(version)).toBeGreaterThan(changeNumberOf(before));
    }
    before = version;
  }
  return before;
}

/** A number that grows with every state of a record in these tests. */
function changeNumberOf({ lastModifiedAt, statusRank, readAt }: Version): number {
  return lastModifiedAt ? epochMsOf(lastModifiedAt) : statusRank * 1e15 + epochMsOf(readAt);
}

const runs = { numRuns: 300 };

describe('promise 2: nothing goes backwards when workers and reads interleave', () => {
  it('an opportunity and its summary end in the state that AWS has', async () => {
    const sides = fc.array(fc.constantFrom('aws', 'aws', 'partner'), { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(sides, fc.scheduler(), async (changes, scheduler) => {
        const world = hydrationWorld();
        const clock = goingClock();
        let opportunity = opportunityPayload({ lastModifiedDate: '2026-03-01T09:00:00Z' });
        let summary = awsSummaryPayload({ engagementScore: 10 });
        world.partnerCentral.answer('GetOpportunity', opportunityKey.id, () => opportunity);
        world.partnerCentral.answer('GetAwsOpportunitySummary', opportunityKey.id, () => summary);
        await hydrateOpportunities(world, [queued(opportunityEvent())], { clock });
        const steps = changes.map((side, index) => ({
          change: () => {
            const lastModifiedDate = instantOf(Date.parse('2026-03-01T10:00:00Z') + index);
            if (side === 'partner') opportunity = opportunityPayload({ lastModifiedDate });
            else
              summary = awsSummaryPayload({
                engagementScore: at(summary, 'Insights', 'EngagementScore') === 10 ? 90 : 10,
              });
          },
          event: (time: string) => opportunityEvent({ time }),
        }));
        await play(world, steps, hydrateOpportunities, { scheduler, clock });
        expect(world.queue.parked).toEqual([]);
        expect(historyOf(world, opportunityKey)?.payload).toEqual(opportunity);
        expect(historyOf(world, summaryKey)?.payload).toEqual(summary);
        expect(await world.records.current(summaryKey)).toMatchObject({ payload: summary });
      }),
      runs,
    );
  });

  it('an invitation that is rejected and taken away ends as a tombstone', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 3 }), fc.scheduler(), async (endings, scheduler) => {
        const world = hydrationWorld();
        const clock = goingClock();
        const operation = 'GetEngagementInvitation';
        let answer: JsonObject | Error = invitationPayload();
        world.partnerCentral.answer(operation, invitationKey.id, () => answer);
        const detailType = 'Engagement Invitation Rejected';
        const created: Step = { change: () => {}, event: (time) => invitationEvent({ time }) };
        const ended: Step = {
          change: () => {
            answer = accessDenied(operation);
          },
          event: (time) => invitationEvent({ time, detailType }),
        };
        // A duplicate of Created arrives after everything else.
        const steps = [created, ...Array.from({ length: endings }, () => ended)];
        await play(world, steps, hydrateInvitations, { scheduler, clock });
        await play(world, [created], hydrateInvitations, { scheduler, clock });
        // A Created that reads after the ending, but before the ending is stored, is parked.
        expect(
          new Set(world.queue.parked.map(({ body }) => at(JSON.parse(body), 'detail-type'))),
        ).not.toContain(detailType);
        expect(historyOf(world, invitationKey)).toMatchObject({
          tombstone: true,
          attributes: { status: 'REJECTED' },
        });
        expect(world.records.versions().length).toBeLessThanOrEqual(2);
      }),
      runs,
    );
  });
});
