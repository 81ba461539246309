import pMap from 'p-map';
import type { Change } from '../../../lambdas/core/change.ts';
import type { DeliveryEntry } from '../../../lambdas/core/delivery.ts';
import { deliveryIdOf, type EndpointId } from '../../../lambdas/core/ids.ts';
import { stringifyJson } from '../../../lambdas/core/json-text.ts';
import type { Topic } from '../../../lambdas/core/message-type.ts';
import { recordPath } from '../../../lambdas/core/record.ts';
import type { Version } from '../../../lambdas/core/version.ts';
import { isWanted } from '../../../lambdas/core/wanted.ts';
import { CommandError } from '../errors.ts';
import { concurrency } from '../first-of.ts';
import type { Io } from '../io.ts';
import type { JsonOption } from '../json.ts';
import { counted, printDetails } from '../output.ts';
import type { Relay } from '../relay.ts';
import { versionsOf } from '../stores/record-versions.ts';
import { askStage, type Triggered } from '../stores/stage-door.ts';

export interface StageTriggerOptions extends JsonOption {
  readonly id?: string | undefined;
  readonly waitSeconds: number;
}

const pollMs = 250;

/**
 * Changes a record of the local stage, waits for the version and its deliveries, and prints them.
 * @throws CommandError if they do not come in time
 */
export async function triggerOnStage(
  door: NonNullable<Relay['stageDoor']>,
  topic: Topic,
  { id, waitSeconds, json }: StageTriggerOptions,
  io: Io,
): Promise<void> {
  const relay = await io.relay();
  const untilMs = io.clock.nowMs() + waitSeconds * 1_000;
  const triggered = await askStage(door, { topic, id });
  io.note(`Changed ${recordPath(triggered)}, ${counted(triggered.eventIds.length, 'event')} …`);
  const version = await until(() => findVersion(triggered, topic, relay), untilMs, io);
  if (!version)
    throw new CommandError(
      `No version with ${topic} came of it within ${waitSeconds} s: see \`pcr doctor\` and \`pcr parked list\`.`,
    );
  const deliveries = await followDeliveries(version, untilMs, relay, io);
  print(triggered, version, deliveries, { json }, io);
  if (deliveries.some((delivery) => !hasAttempt(delivery)))
    throw new CommandError(`Not every message was sent within ${waitSeconds} s: see \`pcr doctor\`.`);
}

function print(
  { eventIds }: Triggered,
  version: Version,
  deliveries: readonly SeenDelivery[],
  options: JsonOption,
  io: Io,
): void {
  const sent = deliveries.map((delivery) => [delivery.endpointId, deliveryText(delivery)] as const);
  printDetails(
    { ...summaryOf(version), eventIds, deliveries: deliveries.map(deliverySummary) },
    [
      ['record', `${recordPath(version)}, version ${version.version}`],
      ['title', version.attributes.title],
      ['type', version.type],
      ...version.topics.slice(1).map((topic) => ['topic', topic] as const),
      ...changesFor(version).map((change) => ['change', changeText(change)] as const),
      ...(sent.length === 0 ? [['messages', '0, because no enabled endpoint wants it'] as const] : sent),
    ],
    options,
    io,
  );
}

const mostChanges = 8;
/** That AWS has written the record now is in every change. */
const timestamps = ['/LastModifiedDate', '/ModifiedAt', '/ModifiedBy'];

/** The first changes for people. `pcr opportunities diff` prints all. */
function changesFor({ changes }: Version): readonly Change[] {
  return changes.filter(({ path }) => !timestamps.includes(path)).slice(0, mostChanges);
}

/** Asks again until there is an answer or the time is over. */
async function until<Found>(
  ask: () => Promise<Found | undefined>,
  untilMs: number,
  io: Pick<Io, 'clock' | 'interrupted'>,
): Promise<Found | undefined> {
  for (;;) {
    const found = await ask();
    if (found !== undefined || io.clock.nowMs() >= untilMs || io.interrupted().aborted) return found;
    await io.clock.sleep(pollMs);
  }
}

/** The version with this topic that came of these events, or of the pass that the stage has run. */
async function findVersion(
  { eventIds, since, ...key }: Triggered,
  topic: Topic,
  { clients, output }: Relay,
): Promise<Version | undefined> {
  for await (const version of versionsOf(key, clients.dynamodb, output('RecordsTableName'))) {
    if ('unreadable' in version || !version.topics.includes(topic)) continue;
    const { eventIds: causes, eventTime } = version.cause;
    const isOfPass = causes.every((cause) => cause.startsWith('run_')) && eventTime >= since;
    if (isOfPass || causes.some((cause) => eventIds.includes(cause))) return version;
  }
  return undefined;
}

/** A delivery to an endpoint that wants the version. Undefined members: there is no row yet. */
interface SeenDelivery extends Partial<Pick<DeliveryEntry, 'id' | 'status' | 'attempts'>> {
  readonly endpointId: EndpointId;
}

/** A delivery that is held has no attempt until its listener fetches it. */
function hasAttempt({ status = 'pending', attempts = [] }: SeenDelivery): boolean {
  return status !== 'pending' || attempts.length > 0;
}

/** A running `pcr listen` fetches within this time, unless its server is down. */
const listenerMs = 3_000;

function isHeld({ status, attempts = [] }: SeenDelivery): boolean {
  return status === 'held' && attempts.length === 0;
}

/** Waits for the first attempt for each endpoint that wants the version. */
async function followDeliveries(
  version: Version,
  untilMs: number,
  { endpoints, deliveries }: Relay,
  io: Io,
): Promise<readonly SeenDelivery[]> {
  const all = await endpoints.all();
  const wanting = all.endpoints.filter((each) => !each.disabled && isWanted(each, version));
  const follow = async ({ id: endpointId }: (typeof wanting)[number]): Promise<SeenDelivery> => {
    let seen: SeenDelivery = { endpointId };
    let heldUntilMs = untilMs;
    const attempted = async () => {
      const found = await deliveries.find(deliveryIdOf(version.messageId, endpointId));
      if (found && !('unreadable' in found)) seen = found;
      if (!isHeld(seen)) return hasAttempt(seen) ? seen : undefined;
      heldUntilMs = Math.min(heldUntilMs, io.clock.nowMs() + listenerMs);
      return io.clock.nowMs() >= heldUntilMs ? seen : undefined;
    };
    return (await until(attempted, untilMs, io)) ?? seen;
  };
  return await pMap(wanting, follow, { concurrency });
}

function changeText({ path, before, after }: Change): string {
  return `${path}: ${shortText(before)} → ${shortText(after)}`;
}

function shortText(value: Change['before']): string {
  if (value === undefined) return 'nothing';
  const text = typeof value === 'string' ? value : stringifyJson(value);
  return text.length > mostCharacters ? `${text.slice(0, mostCharacters)}…` : text;
}

const mostCharacters = 20;

function deliveryText({ status = 'pending', attempts = [] }: SeenDelivery): string {
  const attempt = attempts.at(-1);
  if (!attempt) return status === 'held' ? 'held, until its server is up' : status;
  const answer = attempt.status === undefined ? attempt.outcome : `HTTP ${attempt.status}`;
  return `${status}, ${answer}, ${attempt.durationMs} ms`;
}

function summaryOf({ catalog, kind, id, version, type, topics, changes, messageId }: Version) {
  return { catalog, kind, id, version, type, topics, changes, messageId };
}

function deliverySummary({ id, endpointId, status, attempts = [] }: SeenDelivery) {
  return { id, endpoint: endpointId, status, httpStatus: attempts.at(-1)?.status };
}
