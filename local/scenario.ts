import { endDeals, letInvitationsExpireSoon } from './deal-scenes.ts';
import { toNanosecond } from './partner-central/model/aws-timestamps.ts';
import type { Random } from './partner-central/seeded-random.ts';
import type { ScenarioWorld } from './scenario-world.ts';

/** Figures measured while the scenario is played. */
export interface ScenarioFigures {
  /** Reads of Partner Central per event, in the scene with bursts of five events. */
  readonly readsPerBurstEvent: number;
  /** Events per second until all messages are delivered, over creations and bursts. */
  readonly eventsPerSecond: number;
}

const catalogs = ['AWS', 'Sandbox'] as const;
const burst = 5;
/** Number of events of all scenes except creations and bursts. */
const sceneEvents = 75;

/**
 * Plays about `events` events: every kind of change in Partner Central, and every way its events
 * arrive.
 */
export async function playScenario(world: ScenarioWorld, events: number): Promise<ScenarioFigures> {
  const startedAtMs = performance.now();
  const ids = await createOpportunities(world, Math.max(2, Math.round((events - sceneEvents) / (2 + burst))));
  const readsPerBurstEvent = await updateInBursts(world, ids);
  const eventsPerSecond = (ids.length * (2 + burst)) / ((performance.now() - startedAtMs) / 1_000);
  await changeAwsSide(world, ids);
  await sendOutOfOrder(world, ids);
  await inviteAndAnswer(world);
  await sendUnexpectedEvents(world, ids);
  await throttleReads(world, ids);
  await interruptReceiver(world, ids);
  await endDeals(world);
  await letInvitationsExpireSoon(world);
  return { readsPerBurstEvent, eventsPerSecond };
}

async function createOpportunities(
  { partner, takeEmitted, put, waitUntilDrained: drained, note }: ScenarioWorld,
  count: number,
): Promise<string[]> {
  note(`${count} opportunities are created and submitted`);
  const ids: string[] = [];
  for (let index = 0; index < count; index += 1) {
    const id = partner.createOpportunity(catalogs[index % catalogs.length] ?? 'AWS');
    partner.submitOpportunity(id);
    ids.push(id);
  }
  await put(takeEmitted());
  await drained();
  return ids;
}

async function updateInBursts(
  { partner, takeEmitted, put, waitUntilDrained: drained, reads, note }: ScenarioWorld,
  ids: readonly string[],
): Promise<number> {
  note(`each opportunity is updated five times at once: ${ids.length * burst} events`);
  const readsBefore = reads();
  for (const id of ids) {
    for (let update = 0; update < burst; update += 1) partner.updateOpportunity(id);
    await put(takeEmitted());
  }
  await drained();
  return (reads() - readsBefore) / (ids.length * burst);
}

async function changeAwsSide(
  { partner, takeEmitted, put, note }: ScenarioWorld,
  ids: readonly string[],
): Promise<void> {
  const some = ids.slice(0, 4);
  note(`${some.length} opportunities change on the AWS side only`);
  for (const id of some) partner.updateAwsSummary(id);
  await put(takeEmitted());
}

async function sendOutOfOrder(
  { partner, takeEmitted, put, waitUntilDrained: drained, random, note }: ScenarioWorld,
  ids: readonly string[],
): Promise<void> {
  const [first = '', second = ''] = ids;
  note(
    'two events in one second, two writes with one timestamp, two events for one change, an event delivered twice',
  );
  partner.updateOpportunity(first);
  partner.updateOpportunity(first, { sameTimestamp: true });
  partner.updateOpportunity(second, { events: 2 });
  const events = takeEmitted();
  await put([...events, ...events]);
  note('ten updates whose events arrive in random order, two of them again after everything is delivered');
  for (let update = 0; update < 10; update += 1) partner.updateOpportunity(ids[update % ids.length] ?? first);
  const updates = takeEmitted();
  await put(shuffled(updates, random));
  await drained();
  await put(updates.slice(0, 2));
}

async function inviteAndAnswer({
  partner,
  takeEmitted,
  put,
  waitUntilDrained: drained,
  note,
}: ScenarioWorld): Promise<void> {
  note(
    'invitations are accepted (opportunity and lead), rejected (then no longer readable), expired, left pending',
  );
  const accepted = partner.createInvitation('AWS', 'OpportunityInvitation');
  const lead = partner.createInvitation('Sandbox', 'LeadInvitation');
  const rejected = partner.createInvitation('AWS', 'OpportunityInvitation');
  const expired = partner.createInvitation('AWS', 'OpportunityInvitation');
  partner.createInvitation('AWS', 'AccountPlanningInvitation');
  await put(takeEmitted());
  await drained();
  partner.acceptInvitation(accepted);
  partner.acceptInvitation(lead);
  partner.rejectInvitation(rejected);
  partner.expireInvitation(expired);
  await put(takeEmitted());
  note('an invitation is rejected before its Created event arrives');
  const hasty = partner.createInvitation('AWS', 'OpportunityInvitation');
  const created = takeEmitted();
  partner.rejectInvitation(hasty);
  await put(takeEmitted());
  await drained();
  await put(created);
}

async function sendUnexpectedEvents(
  { partner, takeEmitted, put, expectParked, note }: ScenarioWorld,
  ids: readonly string[],
): Promise<void> {
  const [first = '', second = '', third = first] = ids.slice(-3);
  note('a stage outside the enum, an undocumented member, a timestamp with nine decimals');
  partner.updateOpportunity(first, { patch: { LifeCycle: { Stage: 'Contract Signature' } } });
  partner.updateOpportunity(second, {
    patch: { SustainabilityScore: { Grade: 'B', Reasons: ['Graviton'] } },
  });
  const timestamp = { LastModifiedDate: toNanosecond(Date.now() + 1, () => 0.457306587) };
  partner.alter('opportunity', third, timestamp);
  await put(takeEmitted());
  note('an event without an identifier, an undocumented detail-type, an unknown catalog');
  partner.updateOpportunity(first);
  const [event] = takeEmitted();
  if (!event) throw new Error('the update emitted no event');
  const malformed = { ...event, id: `${event.id}-malformed`, detail: { ...event.detail, opportunity: {} } };
  const unknown = { ...event, id: `${event.id}-unknown`, 'detail-type': 'Opportunity Reassigned' };
  const elsewhere = {
    ...event,
    id: `${event.id}-elsewhere`,
    detail: { ...event.detail, catalog: 'Preview' },
  };
  expectParked(malformed.id, 'event.malformed');
  expectParked(unknown.id, 'event.unhandled');
  expectParked(elsewhere.id, 'event.unhandled');
  await put([event, malformed, unknown, elsewhere]);
}

async function throttleReads(
  { partner, takeEmitted, put, waitUntilDrained: drained, throttle, note }: ScenarioWorld,
  ids: readonly string[],
): Promise<void> {
  const throttledMs = 1_500;
  note(`Partner Central throttles every read for ${throttledMs / 1_000} s`);
  throttle(throttledMs);
  for (const id of ids.slice(0, 5)) partner.updateOpportunity(id);
  await put(takeEmitted());
  await drained();
}

async function interruptReceiver(
  { partner, takeEmitted, put, failReceiver, note }: ScenarioWorld,
  ids: readonly string[],
): Promise<void> {
  const outageMs = 2_500;
  note(`the receiver is down for ${outageMs / 1_000} s`);
  failReceiver(outageMs);
  for (const id of ids.slice(0, 5)) partner.updateOpportunity(id);
  await put(takeEmitted());
}

function shuffled<T>(items: readonly T[], random: Random): T[] {
  return items
    .map((item) => ({ item, rank: random() }))
    .toSorted((a, b) => a.rank - b.rank)
    .map(({ item }) => item);
}
