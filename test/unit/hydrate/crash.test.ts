import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../lambdas/core/json.ts';
import type { QueuedMessage } from '../../../lambdas/ports/work-queue.ts';
import { invitationEvent, opportunityEvent } from '../../builders/events.ts';
import { invitationPayload } from '../../builders/invitation-payloads.ts';
import { accessDenied, invalid, throttled } from '../../builders/partner-central-failures.ts';
import { awsSummaryPayload, opportunityPayload } from '../../builders/payloads.ts';
import { type CrashingProcess, crashEverywhere } from '../../fakes/crashing.ts';
import { finishIntents } from '../../fakes/finish-intents.ts';
import { versionPath } from '../../fakes/in-memory-record-store.ts';
import {
  eventTime,
  type HydrationWorld,
  hydrateInvitations,
  hydrateOpportunities,
  hydrationWorld,
  queued,
  sentAgain,
} from './hydration-world.ts';

/** The queue delivers the same batch again if the worker crashes. */
async function untilAcknowledged(
  world: HydrationWorld,
  hydrate: typeof hydrateOpportunities,
  messages: readonly QueuedMessage[],
  process: CrashingProcess,
  waits?: 'after an early read',
): Promise<void> {
  const { records, partnerCentral, queue } = world;
  const ports = {
    ...(waits && { waits }),
    records: process.wrap(records),
    partnerCentral: process.wrap(partnerCentral),
    queue: process.wrap(queue),
  };
  const failed = await hydrate(world, messages, ports);
  // A message that a crash interrupts must not be acknowledged.
  expect(failed.length > 0).toBe(process.crashedAt() !== undefined);
  if (failed.length === 0) return;
  world.clock.advance(30_000);
  // A worker that ends has acknowledged nothing, also what it sent again.
  const received = waits ? messages : messages.filter(({ messageId }) => failed.includes(messageId));
  expect(await hydrate(world, received, waits && { waits })).toEqual([]);
  await finishIntents(records);
}

function stored({ records }: HydrationWorld) {
  return records
    .versions()
    .map(({ kind, version, payload }) => ({ kind, version, payload }))
    .toSorted((a, b) => a.version - b.version || (a.kind > b.kind ? -1 : 1));
}

/** Every version is in the outbox, because nothing fans out in these tests. */
function expectCompleteOutbox({ records }: HydrationWorld): void {
  expect(new Set(records.outbox().map(versionPath))).toEqual(new Set(records.versions().map(versionPath)));
}

describe('promise 1: a crash at any call loses nothing', () => {
  it('stores an opportunity and its summary', async () => {
    const events = [opportunityEvent(), opportunityEvent({ time: eventTime(1) })];
    const crashes = await crashEverywhere(async (process) => {
      const world = hydrationWorld();
      const [payload, summary] = [opportunityPayload(), awsSummaryPayload()];
      world.partnerCentral.answer('GetOpportunity', 'O1234567', payload);
      world.partnerCentral.answer('GetAwsOpportunitySummary', 'O1234567', summary);
      await untilAcknowledged(
        world,
        hydrateOpportunities,
        events.map((event) => queued(event)),
        process,
      );
      expect(stored(world)).toEqual([
        { kind: 'opportunity', version: 1, payload },
        { kind: 'aws-opportunity-summary', version: 1, payload: summary },
      ]);
      expectCompleteOutbox(world);
    });
    expect(crashes).toBe(2 * 11);
  });

  it('stores version 2 and confirms an unchanged summary', async () => {
    const crashes = await crashEverywhere(async (process) => {
      const world = hydrationWorld();
      const [first, second] = [
        opportunityPayload(),
        opportunityPayload({ stage: 'Qualified', lastModifiedDate: '2026-03-01T10:01:00.5Z' }),
      ];
      const summary = awsSummaryPayload();
      world.partnerCentral.answer('GetOpportunity', 'O1234567', first, second);
      world.partnerCentral.answer('GetAwsOpportunitySummary', 'O1234567', summary);
      await hydrateOpportunities(world, [queued(opportunityEvent())]);
      world.clock.set('2026-03-01T10:01:05.000Z');
      const event = queued(opportunityEvent({ time: eventTime(60) }));
      await untilAcknowledged(world, hydrateOpportunities, [event], process);
      expect(stored(world)).toEqual([
        { kind: 'opportunity', version: 1, payload: first },
        { kind: 'aws-opportunity-summary', version: 1, payload: summary },
        { kind: 'opportunity', version: 2, payload: second },
      ]);
      expectCompleteOutbox(world);
    });
    expect(crashes).toBe(2 * 9);
  });

  it('stores what an early read returned, and then what the ripe read returns', async () => {
    const crashes = await crashEverywhere(async (process) => {
      const world = hydrationWorld();
      const [first, second, third] = [
        opportunityPayload(),
        opportunityPayload({ stage: 'Qualified', lastModifiedDate: '2026-03-01T10:01:00.5Z' }),
        opportunityPayload({ stage: 'Committed', lastModifiedDate: '2026-03-01T10:01:01.5Z' }),
      ];
      const summary = awsSummaryPayload();
      world.partnerCentral.answer('GetOpportunity', 'O1234567', first);
      world.partnerCentral.answer('GetAwsOpportunitySummary', 'O1234567', summary);
      await hydrateOpportunities(world, [queued(opportunityEvent())]);
      const isRipe = () => world.clock.nowMs() >= Date.parse('2026-03-01T10:01:04Z');
      world.partnerCentral.answer('GetOpportunity', 'O1234567', () => (isRipe() ? third : second));
      world.clock.set('2026-03-01T10:01:01.000Z');
      const firstReceivedAtMs = world.clock.nowMs();
      const events = ['event-1', 'event-2'].map((eventId) => ({
        ...queued(opportunityEvent({ eventId, time: eventTime(60) })),
        firstReceivedAtMs,
      }));
      await untilAcknowledged(world, hydrateOpportunities, events, process, 'after an early read');
      expect(new Set(world.queue.sent.map(({ body }) => body))).toEqual(
        new Set(events.map(({ body }) => body)),
      );
      world.clock.set('2026-03-01T10:01:35.000Z');
      await hydrateOpportunities(world, sentAgain(world));
      await finishIntents(world.records);
      const opportunity = stored(world).filter(({ kind }) => kind === 'opportunity');
      expect(opportunity.at(-1)?.payload).toEqual(third);
      expect(opportunity.map(({ version }) => version)).toEqual(opportunity.map((_, index) => index + 1));
      expectCompleteOutbox(world);
    });
    expect(crashes).toBe(2 * 8);
  });

  it('stores the tombstone of an invitation', async () => {
    const crashes = await crashEverywhere(async (process) => {
      const world = hydrationWorld();
      const operation = 'GetEngagementInvitation';
      const payload = invitationPayload();
      world.partnerCentral.answer(operation, 'engi-abcdefgh12345', payload, accessDenied(operation));
      await hydrateInvitations(world, [queued(invitationEvent())]);
      world.clock.set('2026-03-01T10:01:05.000Z');
      const detailType = 'Engagement Invitation Rejected';
      const event = queued(invitationEvent({ detailType, time: eventTime(60) }));
      await untilAcknowledged(world, hydrateInvitations, [event], process);
      expect(stored(world)).toMatchObject([
        { version: 1, payload },
        { version: 2, payload: { ...payload, Status: 'REJECTED' } },
      ]);
      expectCompleteOutbox(world);
    });
    expect(crashes).toBe(2 * 8);
  });

  it('postpones one event of a batch, parks one and stores one', async () => {
    const [later, never, fine]: JsonObject[] = ['O1', 'O2', 'O3'].map((opportunityId) =>
      opportunityEvent({ opportunityId }),
    );
    const crashes = await crashEverywhere(async (process) => {
      const world = hydrationWorld();
      world.partnerCentral.answer('GetOpportunity', 'O1', throttled('GetOpportunity'));
      world.partnerCentral.answer('GetOpportunity', 'O2', invalid('GetOpportunity'));
      world.partnerCentral.answer('GetOpportunity', 'O3', opportunityPayload({ id: 'O3' }));
      const batch = [later, never, fine].map((event) => queued(event ?? ''));
      await untilAcknowledged(world, hydrateOpportunities, batch, process);
      // A crash after the call repeats it, so it is made at least once.
      expect(world.queue.sent.length).toBeGreaterThanOrEqual(1);
      expect(new Set(world.queue.sent.map(({ body }) => body))).toEqual(new Set([batch[0]?.body]));
      expect(new Set(world.queue.parked.map(({ body }) => body))).toEqual(new Set([batch[1]?.body]));
      world.partnerCentral.answer('GetOpportunity', 'O1', opportunityPayload({ id: 'O1' }));
      await hydrateOpportunities(world, sentAgain(world));
      const versions = world.records.versions().map(({ id, version }) => `${id} ${version}`);
      expect(versions.toSorted()).toEqual(['O1 1', 'O3 1']);
      expectCompleteOutbox(world);
    });
    expect(crashes).toBe(2 * 15);
  });
});
