/** A change of a record, and when its event was put. */
export interface MadeChange {
  readonly record: string;
  readonly madeAtMs: number;
}

/**
 * How long each change waits at least if one read shows it and the quota allows no more than
 * `perSecond` reads in any second. The reads are those of a reader that loses no time, and that
 * reads each record once for all of its changes until then. Everything but the quota takes no time.
 * @returns milliseconds, one for each change
 */
export function quotaWaitsMs(changes: readonly MadeChange[], perSecond: number): readonly number[] {
  const left = changes.toSorted((a, b) => a.madeAtMs - b.madeAtMs);
  const readsAtMs: number[] = [];
  const waitsMs: number[] = [];
  for (let next = left[0]; next; next = left[0]) {
    const { record, madeAtMs } = next;
    const freeAtMs = (readsAtMs.at(-perSecond) ?? Number.NEGATIVE_INFINITY) + 1_000;
    const readAtMs = readsAtMs.length < perSecond ? madeAtMs : Math.max(madeAtMs, freeAtMs);
    readsAtMs.push(readAtMs);
    const isCovered = (change: MadeChange) => change.record === record && change.madeAtMs <= readAtMs;
    waitsMs.push(...left.filter(isCovered).map((change) => readAtMs - change.madeAtMs));
    left.splice(0, left.length, ...left.filter((change) => !isCovered(change)));
  }
  return waitsMs;
}
