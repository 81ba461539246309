import { definitionOf } from '../core/action-definitions.ts';
import { addMs, type Instant } from '../core/instant.ts';
import type { LineCall } from '../core/line.ts';
import { endOf } from './act-on-command.ts';
import type { ActDeps } from './deps.ts';
import { endCommand, withApplied } from './end-command.ts';
import { handleRefusedRead } from './handle-refusal.ts';
import { judgeCommand } from './judge-command.ts';
import { readCommand } from './read-command.ts';
import { readTarget } from './read-target.ts';
import { repeatWithToken } from './send-with-token.ts';
import {
  again,
  type CommandWithContent,
  type CommandWork,
  type LineWork,
  lost,
  nowOf,
  retryStep,
  runnableSince,
  type Step,
  tryUpdate,
  wasFruitless,
} from './work.ts';

/**
 * Finds out how a call has ended whose end is unknown. Until then no command of the line ends or
 * begins.
 */
export async function settleOpenCall(work: LineWork, call: LineCall, deps: ActDeps): Promise<Step> {
  const ticket = work.claimed.tickets.find(({ number }) => number === call.number);
  if (!ticket) return closeCall(work, deps);
  const command = await readCommand(ticket, work, deps);
  work.runnableSince = runnableSince(command);
  const content = await deps.commands.content(work.claimed.line, call.number);
  if (!content || wasFruitless(work)) return giveUpCall(work, command, call, deps);
  const whole = { ...command, content };
  return definitionOf(command.state.action).hasToken
    ? repeatWithToken(work, whole, call, deps)
    : settleByRead(work, whole, call, deps);
}

async function settleByRead(
  work: LineWork,
  command: CommandWithContent,
  call: LineCall,
  deps: ActDeps,
): Promise<Step> {
  const { ticket, state } = command;
  const read = await readTarget(work, ticket.commandId, deps);
  if (read.kind === 'behind') return retryStep('behind', work, deps);
  const change = { openCall: null, applied: withApplied(work, command, deps) };
  if (read.kind === 'refused') {
    // AWS takes the access to an invitation away that was rejected.
    if (state.action === 'invitation.reject')
      return endCommand(work, command, { status: 'succeeded', evidence: 'access-lost' }, deps, { change });
    const until = endOfCall(call, deps);
    return nowOf(deps) < until
      ? { kind: 'rest', dueAt: until }
      : handleRefusedRead(work, command, read.refusal, deps);
  }
  const verdict = await judgeCommand(work, command, read, deps, call);
  if (verdict.kind === 'wait' && verdict.reason === 'open-call')
    return { kind: 'rest', dueAt: verdict.until };
  if (verdict.kind === 'send' || verdict.kind === 'wait') return closeCall(work, deps);
  const ofEnd = verdict.kind === 'succeeded' ? change : { openCall: null };
  return endCommand(work, command, endOf(verdict, command.content.request.content), deps, { change: ofEnd });
}

/** AWS has not done it: the command is judged again. */
async function closeCall(work: LineWork, deps: ActDeps): Promise<Step> {
  return (await tryUpdate(work, { openCall: null }, deps)) ? again : lost;
}

/**
 * Ends a command that cannot be judged, once its call does not arrive any more. AWS may have done
 * it.
 */
function giveUpCall(
  work: LineWork,
  command: CommandWork,
  call: LineCall,
  deps: ActDeps,
): Promise<Step> | Step {
  const until = endOfCall(call, deps);
  if (nowOf(deps) < until) return { kind: 'rest', dueAt: until };
  const end = { status: 'failed', code: 'outcome-unknown' } as const;
  return endCommand(work, command, end, deps, { change: { openCall: null } });
}

function endOfCall({ beganAt }: LineCall, { callMs }: ActDeps): Instant {
  return addMs(beganAt, callMs);
}
