import { commandIdOf, commandKeyOf } from '../core/command-state.ts';
import { partnerIdOf } from '../core/content-problems.ts';
import { addMs, dayMs, type Instant } from '../core/instant.ts';
import { type Intent, intentOf } from '../core/intent.ts';
import { newLine } from '../core/line.ts';
import type { RecordState } from '../core/version.ts';
import type { CommandStore, ReservedPartnerId } from '../ports/command-store.ts';
import type { RecordStore } from '../ports/record-store.ts';
import { withOptimisticLock } from '../records/optimistic-lock.ts';
import { type RingLineDeps, ringLine } from '../records/ring-line.ts';
import { acceptedCommand } from './accepted-command.ts';
import type { RequestedCommand } from './expand-request.ts';
import { type Asked, compareRequest, findCommand, type Repeated } from './find-repeated.ts';
import type { Plan } from './plan.ts';
import { type Refused, refuse, refusePartnerId } from './refusal.ts';

export interface StoreCommandDeps extends RingLineDeps {
  readonly records: Pick<RecordStore, 'current' | 'putIntent' | 'putVersion' | 'removeIntent'>;
  readonly commands: Pick<CommandStore, 'line' | 'accept' | 'content'>;
  /** How long the stream may take to fan a version out before `sweep` signals it, milliseconds. */
  readonly outboxGraceMs: number;
}

/** A command of a request that is to be stored. */
export interface PlannedCommand extends RequestedCommand {
  readonly plan: Plan;
}

export type Stored =
  | { readonly kind: 'accepted'; readonly command: RecordState; readonly followers: readonly RecordState[] }
  | Repeated;

/**
 * Stores the commands of a request with their tickets and contents, as `tryAppend` stores a
 * version: all of them, or none. If another acceptance on the same line is faster, the line is read
 * again.
 */
export async function storeCommands(
  asked: Asked,
  planned: readonly [PlannedCommand, ...PlannedCommand[]],
  now: Instant,
  deps: StoreCommandDeps,
): Promise<Stored> {
  const [{ plan }, ...followers] = planned;
  const key = commandKeyOf(plan.line, plan.commandId);
  return withOptimisticLock<Stored>(key, undefined, deps.records, async (current) => {
    if (current) return compareRequest(asked, current, deps);
    const reused = await refuseReused(asked.client, followers, deps);
    return reused ?? tryAccept(asked, planned, now, deps);
  });
}

/** A key that the request derives can belong to a command already. */
async function refuseReused(
  client: string,
  followers: readonly PlannedCommand[],
  deps: StoreCommandDeps,
): Promise<Refused | undefined> {
  for (const { key, path } of followers) {
    const found = await findCommand(commandIdOf(client, key), deps);
    const message = `${path} has the key ${key}, which belongs to another command, ${found?.id}; allowed: another key of the request`;
    if (found) return refuse('key-reused', message);
  }
  return undefined;
}

/** @returns undefined if another acceptance was faster; then nothing was written. */
async function tryAccept(
  asked: Asked,
  planned: readonly [PlannedCommand, ...PlannedCommand[]],
  now: Instant,
  deps: StoreCommandDeps,
): Promise<Stored | undefined> {
  const { records, commands, outboxGraceMs } = deps;
  const [{ plan }] = planned;
  const line = (await commands.line(plan.line)) ?? newLine(plan.line);
  const accepted = planned.map((each, index) => {
    const body = index === 0 ? asked.body : each.body;
    return acceptedCommand({ ...asked, key: each.key, body }, each.plan, line.signals + 1 + index, now, deps);
  });
  const intents = accepted.map(({ version }) => intentOf(version, addMs(now, outboxGraceMs)));
  await Promise.all(intents.map((intent) => records.putIntent(intent)));
  const outcome = await commands.accept(line, accepted, reservationOf(plan));
  if (outcome !== 'accepted') {
    await Promise.all(intents.map((intent) => removeUnless(intent, records)));
    return outcome === 'reserved' ? refusePartnerId(partnerIdOf(plan.request.content) ?? '') : undefined;
  }
  await Promise.all(accepted.map(({ version, intentDueAt }) => records.putVersion(version, intentDueAt)));
  await ringLine(plan.line, deps);
  const [command, ...followers] = accepted.map(({ version }) => version);
  return command && { kind: 'accepted', command, followers };
}

/** Two doors can make the same version at the same time: then the intent is of both. */
async function removeUnless(intent: Intent, records: StoreCommandDeps['records']): Promise<void> {
  const winner = await records.current(intent);
  if (winner?.messageId !== intent.messageId) await records.removeIntent(intent);
}

/** A command ends soon after it expires, unless its call has no answer. */
const reservedLongestMs = 30 * dayMs;

function reservationOf({ commandId, request }: Plan): ReservedPartnerId | undefined {
  const partnerId = partnerIdOf(request.content);
  const freeAt = addMs(request.expiresAt, reservedLongestMs);
  return partnerId === undefined ? undefined : { partnerId, commandId, freeAt };
}
