import { type CommandState, commandIdOf, commandKeyOf } from '../core/command-state.ts';
import { pathsOf, targetKindOf } from '../core/command-target.ts';
import { commandVersion } from '../core/command-version.ts';
import { addMs, type Instant } from '../core/instant.ts';
import { intentOf } from '../core/intent.ts';
import { type Line, type LineKey, newLine, type Ticket } from '../core/line.ts';
import type { RecordState } from '../core/version.ts';
import type { CommandStore } from '../ports/command-store.ts';
import type { RecordStore } from '../ports/record-store.ts';
import { withOptimisticLock } from '../records/optimistic-lock.ts';
import { type RingLineDeps, ringLine } from '../records/ring-line.ts';
import { type Asked, compareRequest, type Repeated } from './find-repeated.ts';
import type { Plan } from './plan-command.ts';

export interface StoreCommandDeps extends RingLineDeps {
  readonly records: Pick<RecordStore, 'current' | 'putIntent' | 'putVersion' | 'removeIntent'>;
  readonly commands: Pick<CommandStore, 'line' | 'accept' | 'content'>;
  /** How long the stream may take to fan a version out before `sweep` signals it, milliseconds. */
  readonly outboxGraceMs: number;
}

export type Stored = { readonly kind: 'accepted'; readonly command: RecordState } | Repeated;

/**
 * Stores a command with its ticket and content, as `tryAppend` stores a version. If another
 * acceptance on the same line is faster, the line is read again.
 */
export async function storeCommand(
  asked: Asked,
  plan: Plan,
  now: Instant,
  deps: StoreCommandDeps,
): Promise<Stored> {
  const key = commandKeyOf(plan.target, commandIdOf(asked.client, asked.key));
  return withOptimisticLock<Stored>(key, undefined, deps.records, async (current) => {
    if (current) return compareRequest(asked, current, deps);
    const version = await tryAccept(asked, plan, now, deps);
    return version && { kind: 'accepted', command: version };
  });
}

/** @returns undefined if another acceptance was faster; then nothing was written. */
async function tryAccept(
  asked: Asked,
  plan: Plan,
  now: Instant,
  deps: StoreCommandDeps,
): Promise<RecordState | undefined> {
  const { records, commands, outboxGraceMs } = deps;
  const lineKey: LineKey = {
    catalog: plan.target.catalog,
    kind: targetKindOf(plan.request.content.action),
    id: plan.target.id,
  };
  const line = (await commands.line(lineKey)) ?? newLine(lineKey);
  const state = stateOf(asked, plan, line, now);
  const commandId = commandIdOf(asked.client, asked.key);
  const version = commandVersion(undefined, commandKeyOf(line, commandId), state, now);
  const intent = intentOf(version, addMs(now, outboxGraceMs));
  await records.putIntent(intent);
  const ticket = ticketOf(commandId, plan, state);
  const content = { body: asked.body, request: plan.request, base: plan.base };
  if ((await commands.accept(version, intent.dueAt, line, ticket, content)) === 'raced') {
    // Two doors can make the same version at the same time: then the intent is of both.
    const winner = await records.current(version);
    if (winner?.messageId !== version.messageId) await records.removeIntent(intent);
    return undefined;
  }
  await records.putVersion(version, intent.dueAt);
  await ringLine(lineKey, deps);
  return version;
}

function stateOf({ client, key }: Asked, plan: Plan, line: Line, now: Instant): CommandState {
  const { request, target, basedOn, check } = plan;
  const { content, onConflict, onLocked, after, expiresAt } = request;
  return {
    key,
    client,
    action: content.action,
    target: { kind: targetKindOf(content.action), id: target.id },
    number: line.signals + 1,
    paths: [...pathsOf(content)],
    basedOn,
    onConflict,
    onLocked,
    ...(after !== undefined && { after }),
    acceptedAt: now,
    expiresAt,
    ...(check.needsApproval ? { status: 'waiting', reason: 'approval' } : { status: 'accepted' }),
  };
}

function ticketOf(commandId: string, { request, after, check }: Plan, state: CommandState): Ticket {
  const { number, client, action, expiresAt } = state;
  return {
    number,
    commandId,
    client,
    action,
    expiresAt,
    failsIfLocked: request.onLocked === 'fail',
    after,
    needsApproval: check.needsApproval,
    isCancelled: false,
  };
}
