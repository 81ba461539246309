import type { ErrorCode } from '../lambdas/core/service-error.ts';
import { toNanosecond } from './partner-central/model/aws-timestamps.ts';
import type { PartnerEventEnvelope } from './partner-central/model/partner-events.ts';
import type { SimulatedPartner } from './partner-central/model/simulated-partner.ts';
import type { Random } from './partner-central/seeded-random.ts';

/** What the scenario can do to the world around the simulated partner. */
export interface ScenarioWorld {
  readonly partner: SimulatedPartner;
  readonly random: Random;
  /** Takes what the partner emitted since it was last asked; each scene decides when, in which order and how often it is put. */
  readonly takeEmitted: () => PartnerEventEnvelope[];
  readonly put: (events: readonly PartnerEventEnvelope[]) => Promise<void>;
  /** Tells the check that this event, and no other, must end parked with this code. */
  readonly mustBeParked: (eventId: string, code: ErrorCode) => void;
  /** Resolves when the functions have come to the end of what was put. */
  readonly waitUntilSettled: () => Promise<void>;
  readonly throttle: (forMs: number) => void;
  readonly failReceiver: (forMs: number) => void;
  readonly reads: () => number;
  readonly note: (line: string) => void;
}

/** What was measured on the way. */
export interface ScenarioFigures {
  /** Reads of Partner Central per event, in the part where each change comes as a burst of five events. */
  readonly readsPerBurstEvent: number;
  /** From the first event of a plain day until all of its messages had arrived, events per second: creations and bursts. */
  readonly eventsPerSecond: number;
}

const catalogs = ['AWS', 'Sandbox'] as const;
const burst = 5;
/** Events that the scenes below put on the bus, beside the bursts. */
const sceneEvents = 60;

/** Plays about `events` events: every kind of change that Partner Central makes, and every way in which it tells of them. */
export async function playScenario(world: ScenarioWorld, events: number): Promise<ScenarioFigures> {
  const startedAtMs = performance.now();
  const ids = await createOpportunities(world, Math.max(2, Math.round((events - sceneEvents) / (2 + burst))));
  const readsPerBurstEvent = await updateInBursts(world, ids);
  const eventsPerSecond = (ids.length * (2 + burst)) / ((performance.now() - startedAtMs) / 1_000);
  await changeOnTheirSide(world, ids);
  await disorder(world, ids);
  await inviteAndAnswer(world);
  await sendTheUnexpected(world, ids);
  await throttledSpell(world, ids);
  await receiverOutage(world, ids);
  return { readsPerBurstEvent, eventsPerSecond };
}

/**
 * So many opportunities are worked off before the next ones come. With time running faster than the machine, what waits any longer
 * is taken for lost, and `sweep` rings for it again and again: most of what the functions then do is in vain.
 */
const chunk = 50;

async function createOpportunities(
  { partner, takeEmitted, put, waitUntilSettled: settled, note }: ScenarioWorld,
  count: number,
): Promise<string[]> {
  note(`${count} opportunities are created and submitted`);
  const ids: string[] = [];
  for (let index = 0; index < count; index += 1) {
    const id = partner.createOpportunity(catalogs[index % catalogs.length] ?? 'AWS');
    partner.submitOpportunity(id);
    ids.push(id);
    if (index % chunk < chunk - 1) continue;
    await put(takeEmitted());
    await settled();
  }
  await put(takeEmitted());
  await settled();
  return ids;
}

async function updateInBursts(
  { partner, takeEmitted, put, waitUntilSettled: settled, reads, note }: ScenarioWorld,
  ids: readonly string[],
): Promise<number> {
  note(`each is updated five times at once: ${ids.length * burst} events`);
  const readsBefore = reads();
  for (const [index, id] of ids.entries()) {
    for (let update = 0; update < burst; update += 1) partner.updateOpportunity(id);
    await put(takeEmitted());
    if (index % chunk === chunk - 1) await settled();
  }
  await settled();
  return (reads() - readsBefore) / (ids.length * burst);
}

async function changeOnTheirSide(
  { partner, takeEmitted, put, note }: ScenarioWorld,
  ids: readonly string[],
): Promise<void> {
  const some = ids.slice(0, 4);
  note(`${some.length} change on the AWS side only`);
  for (const id of some) partner.updateAwsSummary(id);
  await put(takeEmitted());
}

async function disorder(
  { partner, takeEmitted, put, waitUntilSettled: settled, random, note }: ScenarioWorld,
  ids: readonly string[],
): Promise<void> {
  const [first = '', second = ''] = ids;
  note(
    'two events in one second, two writes with one stamp, an event told twice under two ids, an event delivered twice',
  );
  partner.updateOpportunity(first);
  partner.updateOpportunity(first, { sameTimestamp: true });
  partner.updateOpportunity(second, { events: 2 });
  const told = takeEmitted();
  await put([...told, ...told]);
  note('ten updates told in random order, and two of them once more when all is done');
  for (let update = 0; update < 10; update += 1) partner.updateOpportunity(ids[update % ids.length] ?? first);
  const updates = takeEmitted();
  await put(shuffled(updates, random));
  await settled();
  await put(updates.slice(0, 2));
}

async function inviteAndAnswer({
  partner,
  takeEmitted,
  put,
  waitUntilSettled: settled,
  note,
}: ScenarioWorld): Promise<void> {
  note(
    'invitations: accepted (opportunity and lead), rejected (then no longer readable), expired, left pending',
  );
  const accepted = partner.createInvitation('AWS', 'OpportunityInvitation');
  const lead = partner.createInvitation('Sandbox', 'LeadInvitation');
  const rejected = partner.createInvitation('AWS', 'OpportunityInvitation');
  const expired = partner.createInvitation('AWS', 'OpportunityInvitation');
  partner.createInvitation('AWS', 'LeadInvitation');
  await put(takeEmitted());
  await settled();
  partner.acceptInvitation(accepted);
  partner.acceptInvitation(lead);
  partner.rejectInvitation(rejected);
  partner.expireInvitation(expired);
  await put(takeEmitted());
  note('one is rejected before its Created event comes through');
  const hasty = partner.createInvitation('AWS', 'OpportunityInvitation');
  const created = takeEmitted();
  partner.rejectInvitation(hasty);
  await put(takeEmitted());
  await settled();
  await put(created);
}

async function sendTheUnexpected(
  { partner, takeEmitted, put, mustBeParked, note }: ScenarioWorld,
  ids: readonly string[],
): Promise<void> {
  const [first = '', second = '', third = first] = ids.slice(-3);
  note('a stage outside the enum, a member that no model has, a date with nine digits');
  partner.updateOpportunity(first, { patch: { LifeCycle: { Stage: 'Contract Signature' } } });
  partner.updateOpportunity(second, {
    patch: { SustainabilityScore: { Grade: 'B', Reasons: ['Graviton'] } },
  });
  const stamp = { LastModifiedDate: toNanosecond(Date.now() + 1, () => 0.457306587) };
  partner.alter('opportunity', third, stamp);
  await put(takeEmitted());
  note('an event without an identifier, a detail-type that nobody documented, a catalog that nobody knows');
  partner.updateOpportunity(first);
  const [event] = takeEmitted();
  if (!event) throw new Error('an update emits an event');
  const malformed = { ...event, id: `${event.id}-malformed`, detail: { ...event.detail, opportunity: {} } };
  const unknown = { ...event, id: `${event.id}-unknown`, 'detail-type': 'Opportunity Reassigned' };
  const elsewhere = {
    ...event,
    id: `${event.id}-elsewhere`,
    detail: { ...event.detail, catalog: 'Preview' },
  };
  mustBeParked(malformed.id, 'event.malformed');
  mustBeParked(unknown.id, 'event.unhandled');
  mustBeParked(elsewhere.id, 'event.unhandled');
  await put([event, malformed, unknown, elsewhere]);
}

async function throttledSpell(
  { partner, takeEmitted, put, waitUntilSettled: settled, throttle, note }: ScenarioWorld,
  ids: readonly string[],
): Promise<void> {
  const spellMs = 1_500;
  note(`Partner Central throttles every read for ${spellMs / 1_000} s`);
  throttle(spellMs);
  for (const id of ids.slice(0, 5)) partner.updateOpportunity(id);
  await put(takeEmitted());
  await settled();
}

async function receiverOutage(
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
