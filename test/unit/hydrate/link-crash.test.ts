import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../lambdas/core/json.ts';
import { engagementPayload } from '../../builders/engagement-payloads.ts';
import { invitationEvent, snapshotEvent } from '../../builders/events.ts';
import { invitationPayload } from '../../builders/invitation-payloads.ts';
import { engagementKey, invitationKey, opportunityKey } from '../../builders/versions.ts';
import { type CrashingProcess, crashEverywhere } from '../../fakes/crashing.ts';
import { finishIntents } from '../../fakes/finish-intents.ts';
import { inMemoryRecordIndex } from '../../fakes/in-memory-record-index.ts';
import { versionPath } from '../../fakes/in-memory-record-store.ts';
import {
  type HydrationWorld,
  hydrateEngagements,
  hydrateInvitations,
  hydrationWorld,
  queued,
} from './hydration-world.ts';
import {
  linksIn,
  pair,
  put,
  putEngagement,
  putInvitation,
  putOpportunity,
  sorted,
  task,
  tasks,
} from './linked-world.ts';

const accepted = invitationEvent({ detailType: 'Engagement Invitation Accepted' });
const made = { ...opportunityKey, id: 'O2' };

/** A worker crashes; the message is delivered again when its event is no longer fresh. */
async function untilAcknowledged(
  world: HydrationWorld,
  hydrate: typeof hydrateInvitations,
  event: JsonObject,
  process: CrashingProcess,
): Promise<void> {
  const message = queued(event);
  const { records, partnerCentral, queue } = world;
  const failed = await hydrate(world, [message], {
    records: process.wrap(records),
    partnerCentral: process.wrap(partnerCentral),
    index: process.wrap(inMemoryRecordIndex(records)),
    queue: process.wrap(queue),
  });
  expect(failed.length > 0).toBe(process.crashedAt() !== undefined);
  if (failed.length === 0) return;
  world.clock.advance(6 * 60_000);
  expect(await hydrate(world, [message])).toEqual([]);
  await finishIntents(records);
}

/** Asserts that no version is missing, doubled, or absent from the outbox. */
function expectOneLinkVersionEach(world: HydrationWorld, versions: Readonly<Record<string, number>>): void {
  const latest = world.records.states().map(({ kind, id, version }) => [`${kind} ${id}`, version]);
  expect(Object.fromEntries(latest)).toEqual(versions);
  const outbox = new Set(world.records.outbox().map(versionPath));
  expect(outbox).toEqual(new Set(world.records.versions().map(versionPath)));
}

describe('promise 11: a crash at any call loses no link', () => {
  it('stores and links an accepted invitation, and replaces a guess', async () => {
    const crashes = await crashEverywhere(async (process) => {
      const world = hydrationWorld();
      const operation = 'GetEngagementInvitation';
      world.partnerCentral.answer(operation, invitationKey.id, invitationPayload({ status: 'ACCEPTED' }));
      await putOpportunity(world);
      await putEngagement(world);
      await hydrateInvitations(world, [queued(accepted)]);
      expect(linksIn(world)).toEqual(sorted(pair(invitationKey, opportunityKey, 'project-title')));

      await put(world, made, { Id: made.id, LastModifiedDate: '2026-03-01T09:00:00Z' });
      const { catalog, id } = invitationKey;
      world.partnerCentral.list(tasks, { catalog, id }, [task({ opportunityId: made.id })]);
      await untilAcknowledged(world, hydrateInvitations, accepted, process);
      expect(linksIn(world)).toEqual(
        sorted(pair(invitationKey, made, 'acceptance-task'), pair(engagementKey, made, 'acceptance-task')),
      );
      expectOneLinkVersionEach(world, {
        'engagement eng-abcdefgh123456': 2,
        'engagement-invitation engi-abcdefgh12345': 3,
        'opportunity O1234567': 3,
        'opportunity O2': 3,
      });
    });
    expect(crashes).toBeGreaterThan(2 * 15);
  });

  it('links an engagement and its invitations by a snapshot', async () => {
    const another = { ...invitationKey, id: 'engi-another123456' };
    const crashes = await crashEverywhere(async (process) => {
      const world = hydrationWorld();
      world.partnerCentral.answer('GetEngagement', engagementKey.id, engagementPayload());
      await putOpportunity(world);
      await putInvitation(world);
      await putInvitation(world, { id: another.id });
      await untilAcknowledged(world, hydrateEngagements, snapshotEvent(), process);
      expect(linksIn(world)).toEqual(
        sorted(
          ...[engagementKey, invitationKey, another].map((key) => pair(key, opportunityKey, 'snapshot')),
        ),
      );
      expectOneLinkVersionEach(world, {
        'engagement eng-abcdefgh123456': 2,
        'engagement-invitation engi-abcdefgh12345': 2,
        'engagement-invitation engi-another123456': 2,
        'opportunity O1234567': 4,
      });
    });
    expect(crashes).toBeGreaterThan(2 * 15);
  });
});
