import type { CommandState } from '../core/command-state.ts';
import { commandVersion } from '../core/command-version.ts';
import { addMs, type Instant } from '../core/instant.ts';
import { intentOf } from '../core/intent.ts';
import type { Version } from '../core/version.ts';
import { finishVersion } from '../records/finish-version.ts';
import type { ActDeps } from './deps.ts';
import { again, type CommandWork, lost, nowOf, type Step } from './work.ts';

/** `raced`: something else has changed first, and the work goes on. */
export type WriteOutcome = 'written' | 'raced' | 'lost';

export function stepAfter(outcome: WriteOutcome): Step {
  return outcome === 'lost' ? lost : again;
}

/**
 * Writes a version of a command in the steps of `tryAppend`.
 * @param commit makes the version the current one, in one transaction with its line
 */
export async function writeState(
  { record }: CommandWork,
  next: CommandState,
  deps: ActDeps,
  commit: (version: Version, intentDueAt: Instant) => Promise<'committed' | 'moved' | 'lost' | 'raced'>,
): Promise<WriteOutcome> {
  const { records, outboxGraceMs } = deps;
  const now = nowOf(deps);
  const version = commandVersion(record, record, next, now);
  await finishVersion(record, deps);
  const intent = intentOf(version, addMs(now, outboxGraceMs));
  await records.putIntent(intent);
  const outcome = await commit(version, intent.dueAt);
  if (outcome === 'lost' || outcome === 'raced') {
    // Another worker can have made the same version: then the intent is of both.
    const winner = await records.current(version);
    if (winner?.messageId !== version.messageId) await records.removeIntent(intent);
    return outcome;
  }
  await records.putVersion(version, intent.dueAt);
  return 'written';
}
