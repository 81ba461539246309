import { definitionOf } from '../core/action-definitions.ts';
import type { EnabledAction } from '../core/enabled-actions.ts';
import { addMs, epochMsOf, type Instant } from '../core/instant.ts';
import { isCreateLine, type Ticket } from '../core/line.ts';
import { actOnCommand } from './act-on-command.ts';
import { createOpportunity } from './create-opportunity.ts';
import type { ActDeps } from './deps.ts';
import { endCommand } from './end-command.ts';
import { leaveCreateLine } from './leave-create-line.ts';
import { readCommand, readPredecessor } from './read-command.ts';
import { readTarget } from './read-target.ts';
import { settleOpenCall } from './settle-open-call.ts';
import {
  type CommandWork,
  isTicketOver,
  type LineWork,
  lost,
  nowOf,
  restFor,
  runnableSince,
  type Step,
  tryUpdate,
  waits,
  wasFruitless,
} from './work.ts';

/** Does the next thing that there is to do on a line. */
export async function takeStep(work: LineWork, deps: ActDeps): Promise<Step> {
  const { line, tickets } = work.claimed;
  if (line.openCall) return settleOpenCall(work, line.openCall, deps);
  const over = tickets.find((ticket) => isTicketOver(ticket, deps));
  if (over) {
    const status = over.isCancelled ? 'cancelled' : 'expired';
    return endCommand(work, await readCommand(over, work, deps), { status }, deps);
  }
  const [first] = tickets;
  if (first && isCreateLine(line)) {
    const step = await leaveCreateLine(work, first, deps);
    if (step) return step;
  }
  if (tickets.length > 0 && (await deps.commandSwitch.state()) !== 'running') return restFor('paused', deps);
  for (const ticket of tickets) {
    const step = await tryTicket(work, ticket, deps);
    if (step) return step;
  }
  return lookAtAnswered(work, deps);
}

/** Works on a command if it may run. Undefined if it has to wait: then the next one is tried. */
async function tryTicket(work: LineWork, ticket: Ticket, deps: ActDeps): Promise<Step | undefined> {
  const { line } = work.claimed;
  if (ticket.needsApproval || (isCreateLine(line) && ticket.commandId !== line.id)) return undefined;
  if (!isEnabled(work, ticket, deps)) return passOver(work, 'denied', deps);
  const isLocked = work.isLocked && definitionOf(ticket.action).isLockedByReview;
  if (isLocked && !ticket.failsIfLocked) return undefined;
  const predecessor = await readPredecessor(ticket, work, deps);
  if (predecessor.kind === 'running') return waitForPredecessor(work, predecessor.changedAt, deps);
  const command = await readCommand(ticket, work, deps);
  if (predecessor.kind === 'failed')
    return endCommand(work, command, { status: 'failed', code: 'predecessor' }, deps);
  if (isLocked) return endCommand(work, command, { status: 'failed', code: 'locked' }, deps);
  return runCommand(work, command, deps);
}

function isEnabled({ claimed }: LineWork, { action }: Ticket, { enabled }: ActDeps): boolean {
  return enabled.some((each: EnabledAction) => each === `${claimed.line.catalog}:${action}`);
}

function passOver(work: LineWork, wait: keyof typeof waits, deps: ActDeps): undefined {
  work.lookAgainAt.push(addMs(nowOf(deps), waits[wait] * deps.timeScale));
}

/**
 * A predecessor in another line does not wake this one. Most end within seconds, so the waits grow
 * with the time since its last change.
 */
function waitForPredecessor(work: LineWork, changedAt: Instant, deps: ActDeps): undefined {
  const now = nowOf(deps);
  const sinceMs = epochMsOf(now) - epochMsOf(changedAt);
  const { soonPredecessor, predecessor } = waits;
  const waitMs = Math.min(
    Math.max(sinceMs / 2, soonPredecessor * deps.timeScale),
    predecessor * deps.timeScale,
  );
  work.lookAgainAt.push(addMs(now, Math.ceil(waitMs)));
}

async function runCommand(work: LineWork, command: CommandWork, deps: ActDeps): Promise<Step> {
  const { state, ticket } = command;
  work.runnableSince = runnableSince(command);
  const content = await deps.commands.content(work.claimed.line, ticket.number);
  if (!content || wasFruitless(work))
    return endCommand(work, command, { status: 'failed', code: 'internal' }, deps);
  const whole = { ...command, content };
  return definitionOf(state.action).creates
    ? createOpportunity(work, whole, deps)
    : actOnCommand(work, whole, deps);
}

/** Reads the record after the last call, so that what is stored does not depend on AWS's events. */
async function lookAtAnswered(work: LineWork, deps: ActDeps): Promise<Step> {
  const { answered } = work.claimed.line;
  if (!answered) return restUntilNext(work);
  const lookAt = addMs(answered.answeredAt, waits.lag * deps.timeScale);
  const now = nowOf(deps);
  if (now < lookAt) return restUntilNext(work, lookAt);
  const read = await readTarget(work, answered.commandId, deps);
  const isLast = now >= addMs(answered.answeredAt, waits.lastLook * deps.timeScale);
  if (read.kind === 'behind' && !isLast) return restUntilNext(work, addMs(now, waits.look * deps.timeScale));
  if (read.kind !== 'read' && !(await tryUpdate(work, { answered: null }, deps))) return lost;
  return restUntilNext(work);
}

/** The line is due when something can happen without a signal. */
function restUntilNext({ claimed, lookAgainAt }: LineWork, ...more: readonly Instant[]): Step {
  const expirations = claimed.tickets.map(({ expiresAt }) => expiresAt);
  const [dueAt] = [...lookAgainAt, ...expirations, ...more].toSorted();
  return { kind: 'rest', dueAt };
}
