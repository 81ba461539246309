import type { Instant } from '../core/instant.ts';
import { type PassKey, runIdOf } from '../core/pass.ts';
import { type Finding, reconciledEventBody } from '../core/reconciled-event.ts';
import type { ReconcileDeps } from './deps.ts';

/**
 * Sends findings to the queue from which `hydrate` also receives the events of AWS.
 * @param findings all about the same kind of record
 */
export async function sendFindings(
  key: PassKey,
  startedAt: Instant,
  readAt: Instant,
  findings: readonly Finding[],
  { feeds, metrics }: Pick<ReconcileDeps, 'feeds' | 'metrics'>,
): Promise<void> {
  const [first] = findings;
  if (!first) return;
  const { queue } = feeds[first.kind];
  const runId = runIdOf(key, startedAt);
  await queue.send(findings.map((finding) => reconciledEventBody(runId, readAt, finding)));
  metrics.count('FindingsSent', findings.length);
}
