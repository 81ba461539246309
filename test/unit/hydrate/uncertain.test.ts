import { beforeEach, describe, expect, it } from 'vitest';
import type { Instant } from '../../../lambdas/core/instant.ts';
import type { Json, JsonObject } from '../../../lambdas/core/json.ts';
import { reconciledEventBody } from '../../../lambdas/core/reconciled-event.ts';
import type { RecordKey } from '../../../lambdas/core/record.ts';
import type { QueuedMessage } from '../../../lambdas/ports/work-queue.ts';
import { appendVersion } from '../../builders/append-version.ts';
import { engagementPayload } from '../../builders/engagement-payloads.ts';
import { engagementEvent, invitationEvent, opportunityEvent } from '../../builders/events.ts';
import { invitationPayload } from '../../builders/invitation-payloads.ts';
import { awsSummaryPayload, opportunityPayload, withMember } from '../../builders/payloads.ts';
import {
  engagementKey,
  invitationKey,
  observation,
  opportunityKey,
  summaryKey,
  versionOf,
} from '../../builders/versions.ts';
import {
  type HydrationWorld,
  hydrateEngagements,
  hydrateInvitations,
  hydrateOpportunities,
  hydrationWorld,
  queued,
} from './hydration-world.ts';

let world: HydrationWorld;

beforeEach(() => {
  world = hydrationWorld();
});

const kinds = {
  opportunity: {
    key: opportunityKey,
    operation: 'GetOpportunity',
    hydrate: hydrateOpportunities,
    event: (time: string) => opportunityEvent({ time }),
    payload: (title: string, modified: Json | undefined) =>
      withMember({ ...opportunityPayload(), Title: title }, 'LastModifiedDate', modified),
  },
  engagement: {
    key: engagementKey,
    operation: 'GetEngagement',
    hydrate: hydrateEngagements,
    event: (time: string) => engagementEvent({ time }),
    payload: (title: string, modified: Json | undefined) => {
      const { CreatedAt: _, ...payload } = engagementPayload();
      return withMember({ ...payload, Title: title, EngagementMemberList: [] }, 'ModifiedAt', modified);
    },
  },
} as const;
const both = ['opportunity', 'engagement'] as const;

/** Another worker stores what a read returned. */
async function store(key: RecordKey, payload: JsonObject, readAt: Instant): Promise<void> {
  const before = await world.records.current(key);
  const version = versionOf(observation({ key, payload, readAt }), before);
  expect(await appendVersion(world.records, before, version, '2026-12-31T00:00:00.000Z')).toBe('stored');
}

/** Answers the next read with a state, but only after another worker has stored a later read. */
function raced(answer: JsonObject, later: () => Promise<void>) {
  let calls = 0;
  const read =
    (next: (catalog: string, id: string) => Promise<JsonObject>) => async (catalog: string, id: string) => {
      calls += 1;
      if (calls > 1) return next(catalog, id);
      await later();
      return answer;
    };
  const { partnerCentral } = world;
  return {
    partnerCentral: {
      ...partnerCentral,
      getOpportunity: read((...args) => partnerCentral.getOpportunity(...args)),
      getEngagement: read((...args) => partnerCentral.getEngagement(...args)),
    },
  };
}

/** Hydrates the messages, and then each message that was sent again, when its delay has passed. */
async function workOff(
  hydrate: typeof hydrateOpportunities,
  messages: readonly QueuedMessage[],
): Promise<void> {
  expect(await hydrate(world, messages)).toEqual([]);
  for (let done = 0; done < world.queue.sent.length; done += 1) {
    const { body, timesSentAgain, delayMs } = world.queue.sent[done] ?? {
      body: '',
      timesSentAgain: 0,
      delayMs: 0,
    };
    world.clock.advance(delayMs);
    expect(await hydrate(world, [queued(body, timesSentAgain)])).toEqual([]);
    expect(done).toBeLessThan(20);
  }
  expect(world.queue.parked).toEqual([]);
}

describe.each(both)('an %s whose reads and timestamps disagree', (kind) => {
  const { key, operation, hydrate, event, payload } = kinds[kind];
  const [older, newer] = ['2026-11-29T11:59:59.950Z', '2026-11-29T12:00:00.000Z'];

  it('is read again after an earlier read with a newer timestamp replaced a later read', async () => {
    const [before, after] = [payload('Before', newer), payload('After', older)];
    world.clock.set('2026-11-29T12:00:08.000Z');
    world.partnerCentral.answer(operation, key.id, after);
    const ports = raced(before, () => store(key, after, '2026-11-29T12:00:09.000Z'));
    await hydrate(world, [queued(event('2026-11-29T12:00:00Z'))], ports);
    expect(await world.records.current(key)).toMatchObject({ payload: before, version: 2 });
    expect(world.queue.sent).toHaveLength(1);
    await workOff(hydrate, []);
    expect(await world.records.current(key)).toMatchObject({ payload: after, version: 3 });
  });

  it('is not reflected in the stored state until a read is certain', async () => {
    const [before, after] = [payload('Before', newer), payload('After', older)];
    world.clock.set('2026-11-29T12:00:08.000Z');
    world.partnerCentral.answer(operation, key.id, after);
    const ports = raced(before, () => store(key, after, '2026-11-29T12:00:09.000Z'));
    await hydrate(world, [queued(event('2026-11-29T12:00:00Z'))], ports);
    // The state was read long after this event, but it is not certain.
    await workOff(hydrate, [queued(event('2026-11-29T11:00:00Z'))]);
    expect(await world.records.current(key)).toMatchObject({ payload: after });
    const reads = world.partnerCentral.countReads(operation);
    await hydrate(world, [queued(event('2026-11-29T11:00:00Z'))]);
    expect(world.partnerCentral.countReads(operation)).toBe(reads);
  });

  it('is read five more times within five minutes, and the event is never parked', async () => {
    const [before, after] = [payload('Before', newer), payload('After', older)];
    await store(key, before, '2026-11-29T12:00:01.000Z');
    world.clock.set('2026-11-29T12:00:10.000Z');
    world.partnerCentral.answer(operation, key.id, after);
    await workOff(hydrate, [queued(event('2026-11-29T12:00:02Z'))]);
    expect(world.queue.sent.map(({ delayMs }) => delayMs)).toEqual([3_000, 9_000, 36_000, 144_000, 108_000]);
    expect(world.partnerCentral.countReads(operation)).toBe(6);
    expect(await world.records.current(key)).toMatchObject({ payload: after, version: 2 });
  });

  it('keeps the stored state if the older state came from a replica that lagged', async () => {
    const [before, after] = [payload('Before', older), payload('After', newer)];
    await store(key, after, '2026-11-29T12:00:01.000Z');
    world.clock.set('2026-11-29T12:00:10.000Z');
    world.partnerCentral.answer(operation, key.id, before, before, after);
    await workOff(hydrate, [queued(event('2026-11-29T12:00:02Z'))]);
    expect(await world.records.current(key)).toMatchObject({ payload: after, version: 1 });
  });

  it('is read again for a finding of reconcile too', async () => {
    const [before, after] = [payload('Before', newer), payload('After', older)];
    await store(key, before, '2026-11-29T12:00:01.000Z');
    world.clock.set('2026-11-29T12:00:10.000Z');
    world.partnerCentral.answer(operation, key.id, after);
    const listed = { drift: true };
    const body = reconciledEventBody('run-1', '2026-11-29T12:00:09.000Z', { ...key, kind, listed });
    await workOff(hydrate, [queued(body)]);
    expect(await world.records.current(key)).toMatchObject({ payload: after, version: 2 });
  });
});

const seconds: Instant = '2026-11-29T12:00:20.000Z';
const minutes: Instant = '2026-11-29T12:04:59.000Z';
const days: Instant = '2026-12-02T12:00:00.000Z';

describe.each(both)('a later, different state of an %s', (kind) => {
  const { key, operation, hydrate, event, payload } = kinds[kind];
  const timestamps = [
    '2026-11-29T12:00Z',
    '2026-11-29T12:00:00',
    null,
    undefined,
    1_796_212_800,
    '',
    '2026-11-29T11:59:59.950Z',
  ];
  const cases = timestamps.flatMap((modified) =>
    [seconds, minutes, days].map((at) => [modified, at] as const),
  );

  it.each(cases)('is stored in the end: modified %j, read at %s', async (modified, readAt) => {
    const later = payload('Later', modified);
    await store(key, payload('Stored', '2026-11-29T12:00:00.000Z'), '2026-11-29T12:00:06.000Z');
    world.partnerCentral.answer(operation, key.id, later);
    world.clock.set(readAt);
    await workOff(hydrate, [queued(event(readAt.replace('.000Z', 'Z')))]);
    expect(await world.records.current(key)).toMatchObject({ payload: later, version: 2 });
  });

  it.each(cases)('is stored over an unreadable one: modified %j, read at %s', async (modified, readAt) => {
    const later = payload('Later', modified);
    await store(key, payload('Stored', '29/11/2026'), '2026-11-29T12:00:06.000Z');
    world.partnerCentral.answer(operation, key.id, later);
    world.clock.set(readAt);
    await workOff(hydrate, [queued(event(readAt.replace('.000Z', 'Z')))]);
    expect(await world.records.current(key)).toMatchObject({ payload: later, version: 2 });
  });
});

describe('a later, different state without a timestamp', () => {
  it.each([seconds, minutes, days] as const)('stores a summary at once: read at %s', async (readAt) => {
    const opportunity = opportunityPayload();
    const later = awsSummaryPayload({ engagementScore: 90 });
    await store(opportunityKey, opportunity, '2026-11-29T12:00:06.000Z');
    await store(summaryKey, awsSummaryPayload({ engagementScore: 10 }), '2026-11-29T12:00:06.000Z');
    world.partnerCentral.answer('GetOpportunity', opportunityKey.id, opportunity);
    world.partnerCentral.answer('GetAwsOpportunitySummary', summaryKey.id, later);
    world.clock.set(readAt);
    await hydrateOpportunities(world, [queued(opportunityEvent({ time: readAt.replace('.000Z', 'Z') }))]);
    expect(await world.records.current(summaryKey)).toMatchObject({ payload: later, version: 2 });
    expect(world.queue.sent).toEqual([]);
  });

  it('stores a summary while its opportunity is uncertain', async () => {
    const later = awsSummaryPayload({ engagementScore: 90 });
    const [older, newer] = ['2026-11-29T11:59:59.950Z', '2026-11-29T12:00:00.000Z'].map((lastModifiedDate) =>
      opportunityPayload({ lastModifiedDate }),
    );
    await store(opportunityKey, newer ?? {}, '2026-11-29T12:00:06.000Z');
    await store(summaryKey, awsSummaryPayload({ engagementScore: 10 }), '2026-11-29T12:00:06.000Z');
    world.partnerCentral.answer('GetOpportunity', opportunityKey.id, older ?? {});
    world.partnerCentral.answer('GetAwsOpportunitySummary', summaryKey.id, later);
    world.clock.set(seconds);
    await hydrateOpportunities(world, [queued(opportunityEvent({ time: '2026-11-29T12:00:10Z' }))]);
    expect(world.queue.sent).toHaveLength(1);
    expect(await world.records.current(summaryKey)).toMatchObject({ payload: later, version: 2 });
    // Once it is stored it is not read again with its opportunity.
    await workOff(hydrateOpportunities, []);
    expect(world.partnerCentral.countReads('GetAwsOpportunitySummary')).toBe(1);
  });

  it.each([seconds, minutes, days] as const)('stores an invitation at once: read at %s', async (at) => {
    const [stored, later] = ['Before', 'After'].map((title) => ({
      ...invitationPayload({ status: 'ACCEPTED' }),
      EngagementTitle: title,
    }));
    await store(invitationKey, stored ?? {}, '2026-11-29T12:00:06.000Z');
    world.partnerCentral.answer('GetEngagementInvitation', invitationKey.id, later ?? {});
    world.clock.set(at);
    await hydrateInvitations(world, [queued(invitationEvent({ time: at.replace('.000Z', 'Z') }))]);
    expect(await world.records.current(invitationKey)).toMatchObject({ payload: later, version: 2 });
  });

  it('reads an invitation again if a read returns PENDING after a final status', async () => {
    const accepted = invitationPayload({ status: 'ACCEPTED' });
    const renamed = { ...accepted, EngagementTitle: 'After' };
    await store(invitationKey, accepted, '2026-11-29T12:00:06.000Z');
    world.partnerCentral.answer('GetEngagementInvitation', invitationKey.id, invitationPayload(), renamed);
    world.clock.set(seconds);
    await workOff(hydrateInvitations, [queued(invitationEvent({ time: '2026-11-29T12:00:10Z' }))]);
    expect(await world.records.current(invitationKey)).toMatchObject({ payload: renamed, version: 2 });
  });

  it('never returns an invitation to PENDING, and its event ends', async () => {
    await store(invitationKey, invitationPayload({ status: 'ACCEPTED' }), '2026-11-29T12:00:06.000Z');
    world.partnerCentral.answer('GetEngagementInvitation', invitationKey.id, invitationPayload());
    world.clock.set(seconds);
    await workOff(hydrateInvitations, [queued(invitationEvent({ time: '2026-11-29T12:00:10Z' }))]);
    expect(world.records.versions()).toHaveLength(1);
    expect(world.partnerCentral.countReads('GetEngagementInvitation')).toBe(6);
  });
});
