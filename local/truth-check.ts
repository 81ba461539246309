import { isDeepStrictEqual } from 'node:util';
import { type JsonObject, withoutNulls } from '../lambdas/core/json.ts';
import type { RecordState } from '../lambdas/core/version.ts';
import type { Receipt } from './receiver.ts';

/** What Partner Central holds of one record in the end. */
export interface Truth {
  readonly body: JsonObject;
  /** Access was taken away: the status is all that can still be known. */
  readonly inaccessible: boolean;
}

export interface Verdict {
  /** Records that the table lacks, and versions that never came to the receiver. */
  readonly lost: readonly string[];
  /** Records whose newest state, in the table or at the receiver, is not Partner Central's. */
  readonly stale: readonly string[];
}

/** Compares what Partner Central holds with what the table holds and what the receiver got; believes nobody's counters. */
export function checkAgainstTruth(
  truth: ReadonlyMap<string, Truth>,
  table: ReadonlyMap<string, RecordState>,
  receipts: readonly Receipt[],
): Verdict {
  const received = Map.groupBy(receipts, ({ path }) => path);
  const lost: string[] = [];
  const stale: string[] = [];
  for (const [path, { body, inaccessible }] of truth) {
    const state = table.get(path);
    if (!state) {
      lost.push(path);
      continue;
    }
    const versions = new Map((received.get(path) ?? []).map((receipt) => [receipt.version, receipt]));
    for (let version = 1; version <= state.version; version += 1)
      if (!versions.has(version)) lost.push(`${path} version ${version}`);
    const expected = withoutNulls(body);
    const holds = (found: JsonObject | undefined): boolean =>
      inaccessible ? found?.['Status'] === expected['Status'] : isDeepStrictEqual(found, expected);
    if (!holds(state.payload) || !holds(versions.get(state.version)?.record)) stale.push(path);
  }
  return { lost, stale };
}
