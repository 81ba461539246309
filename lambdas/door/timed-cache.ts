import type { Clock } from '../ports/clock.ts';

export interface TimedCache<Value> {
  readonly get: (key: string) => Promise<Value>;
  /** Loads the value again unless it is younger than `thanMs`. */
  readonly getYounger: (key: string, thanMs: number) => Promise<Value>;
}

interface Entry<Value> {
  readonly value: Promise<Value>;
  readonly loadedAtMs: number;
}

/**
 * Caches loaded values across invocations, for `livesMs`. Errors are not cached. With more than
 * `most` keys, the one that was loaded first is removed.
 */
export function timedCache<Value>(
  load: (key: string) => Promise<Value>,
  { livesMs, most }: { readonly livesMs: number; readonly most: number },
  clock: Clock,
): TimedCache<Value> {
  const entries = new Map<string, Entry<Value>>();
  const getYounger = (key: string, thanMs: number): Promise<Value> => {
    const nowMs = clock.nowMs();
    const known = entries.get(key);
    if (known && nowMs - known.loadedAtMs < thanMs) return known.value;
    const entry = { value: load(key), loadedAtMs: nowMs };
    entries.delete(key);
    entries.set(key, entry);
    entry.value.catch(() => entries.delete(key));
    const [oldest] = entries.keys();
    if (entries.size > most && oldest !== undefined) entries.delete(oldest);
    return entry.value;
  };
  return { get: (key) => getYounger(key, livesMs), getYounger };
}
