import type { ActDeps } from './deps.ts';
import { handleRefusal } from './handle-refusal.ts';
import { sendCommand } from './send-command.ts';
import { type CommandWithContent, type LineWork, nowOf, type Step } from './work.ts';

/** Creates an opportunity. There is no record to read before. */
export async function createOpportunity(
  work: LineWork,
  command: CommandWithContent,
  deps: ActDeps,
): Promise<Step> {
  const { refusal } = work;
  work.refusal = undefined;
  if (refusal?.number === command.ticket.number) return handleRefusal(work, command, refusal.result, deps);
  return sendCommand(work, command, { payload: {}, beganAt: nowOf(deps) }, [], deps);
}
