import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../lambdas/core/json.ts';
import { parseJsonText } from '../../../lambdas/core/json-text.ts';
import { parsePartnerEvent } from '../../../lambdas/core/partner-event.ts';
import { recordPath } from '../../../lambdas/core/record.ts';
import type { QueuedMessage } from '../../../lambdas/ports/work-queue.ts';
import { engagementPayload } from '../../builders/engagement-payloads.ts';
import { engagementEvent, invitationEvent, opportunityEvent, snapshotEvent } from '../../builders/events.ts';
import { invitationPayload } from '../../builders/invitation-payloads.ts';
import { opportunityPayload } from '../../builders/payloads.ts';
import { engagementKey, invitationKey, opportunityKey } from '../../builders/versions.ts';
import { inMemoryRecordIndex } from '../../fakes/in-memory-record-index.ts';
import {
  type HydrationWorld,
  hydrateEngagements,
  hydrateInvitations,
  hydrateOpportunities,
  hydrationWorld,
  queued,
  sentAgain,
} from './hydration-world.ts';
import { slow } from './interleaving.ts';
import { linksIn, task, tasks } from './linked-world.ts';

type Ports = Parameters<typeof hydrateInvitations>[2];

const hydrateByKind = {
  opportunity: hydrateOpportunities,
  'engagement-invitation': hydrateInvitations,
  engagement: hydrateEngagements,
} as const;

/** Hydrates one message with the function of its queue. */
async function hydrate(world: HydrationWorld, message: QueuedMessage, ports?: Ports): Promise<void> {
  const { key } = parsePartnerEvent(parseJsonText(message.body));
  if (!key) throw new Error('no queue takes this event');
  expect(await hydrateByKind[key.kind](world, [message], ports)).toEqual([]);
}

/**
 * Hydrates all events concurrently, each in its own worker, and then one by one what was sent
 * again.
 */
async function play(
  world: HydrationWorld,
  events: readonly JsonObject[],
  scheduler: fc.Scheduler,
): Promise<void> {
  const ports = {
    records: slow(world.records, scheduler),
    partnerCentral: slow(world.partnerCentral, scheduler),
    index: slow(inMemoryRecordIndex(world.records), scheduler),
  };
  await scheduler.waitFor(Promise.all(events.map((event) => hydrate(world, queued(event), ports))));
  await drain(world);
}

async function drain(world: HydrationWorld): Promise<void> {
  for (let done = 0; done < world.queue.sent.length; done += 1) {
    world.clock.advance(100);
    for (const message of sentAgain(world, done).slice(0, 1)) await hydrate(world, message);
  }
  expect(world.queue.parked).toEqual([]);
}

function newWorld(): HydrationWorld {
  const world = hydrationWorld();
  for (const id of [opportunityKey.id, 'O2'])
    world.partnerCentral.answer('GetOpportunity', id, opportunityPayload({ id, title: id }));
  const operation = 'GetEngagementInvitation';
  const invitation = invitationPayload({ status: 'ACCEPTED', title: opportunityKey.id });
  world.partnerCentral.answer(operation, invitationKey.id, invitation);
  world.partnerCentral.answer('GetEngagement', engagementKey.id, engagementPayload());
  return world;
}

function listTask(world: HydrationWorld, opportunityId: string): void {
  const { catalog, id } = invitationKey;
  world.partnerCentral.list(tasks, { catalog, id }, [task({ opportunityId })]);
}

/** The links without their basis, which depends on which of two exact ones came first. */
function endsIn(world: HydrationWorld): string[] {
  return linksIn(world).map((link) => link.replace(/, .*$/, ''));
}

/** Links in both directions between these records. */
function ends(...pairs: readonly (readonly [string, string])[]): string[] {
  return pairs.flatMap(([a, b]) => [`${a} -> ${b}`, `${b} -> ${a}`]).toSorted();
}

function expectContiguous(world: HydrationWorld): void {
  const versions = Map.groupBy(world.records.versions(), recordPath);
  for (const of of versions.values())
    expect(of.map(({ version }) => version)).toEqual(of.map((_, index) => index + 1));
}

const [opportunity, made] = [`opportunity ${opportunityKey.id}`, 'opportunity O2'];
const invitation = `engagement-invitation ${invitationKey.id}`;
const engagement = `engagement ${engagementKey.id}`;

const accepted = invitationEvent({ detailType: 'Engagement Invitation Accepted' });
const events: readonly JsonObject[] = [
  opportunityEvent({ detailType: 'Opportunity Created' }),
  accepted,
  engagementEvent({ detailType: 'Engagement Member Added' }),
  snapshotEvent(),
];
/** All events of an acceptance in any order, some of them twice. */
const anyOrder = fc
  .array(fc.constantFrom(...events), { maxLength: 3 })
  .chain((again) => fc.shuffledSubarray([...events, ...again], { minLength: events.length + again.length }));

describe('promise 11: links are the same in the end when events and workers interleave', () => {
  it.each([
    ['a task', true],
    ['no task', false],
  ])('links all records of an acceptance with %s', async (_, hasTask) => {
    await fc.assert(
      fc.asyncProperty(anyOrder, fc.scheduler(), async (ordered, scheduler) => {
        const world = newWorld();
        if (hasTask) listTask(world, opportunityKey.id);
        await play(world, ordered, scheduler);
        // A guess may have come first: the exact link of the snapshot must have replaced it.
        expect(endsIn(world)).toEqual(ends([engagement, opportunity], [invitation, opportunity]));
        expect(linksIn(world).join()).not.toContain('project-title');
        expectContiguous(world);
      }),
      { numRuns: 150 },
    );
  });

  it('links all records if the events are handled one by one in any order', async () => {
    await fc.assert(
      fc.asyncProperty(anyOrder, async (ordered) => {
        const world = newWorld();
        listTask(world, opportunityKey.id);
        for (const event of ordered) await hydrate(world, queued(event));
        await drain(world);
        expect(endsIn(world)).toEqual(ends([engagement, opportunity], [invitation, opportunity]));
      }),
      { numRuns: 100 },
    );
  });

  it('replaces a guess that is made while a task names another opportunity', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 3 }), fc.scheduler(), async (guesses, scheduler) => {
        const world = newWorld();
        for (const id of [opportunityKey.id, 'O2'])
          await hydrate(world, queued(opportunityEvent({ opportunityId: id })));
        await hydrate(world, queued(engagementEvent()));
        // The title fits one opportunity, the task names the other; some workers do not see the
        // task yet.
        const reported = scheduler.scheduleSequence([async () => listTask(world, 'O2')]);
        const crowd = Array.from({ length: guesses }, () => accepted);
        await play(world, crowd, scheduler);
        await reported.task;
        await hydrate(world, queued(accepted));
        await drain(world);
        expect(endsIn(world)).toEqual(ends([engagement, made], [invitation, made]));
        expectContiguous(world);
      }),
      { numRuns: 300 },
    );
  });
});
