import type { Clock } from '../ports/clock.ts';

export interface TimedCache<Value> {
  readonly get: (key: string) => Promise<Value>;
  /** Loads again, unless what is known is younger. */
  readonly getYounger: (key: string, thanMs: number) => Promise<Value>;
}

interface Entry<Value> {
  readonly value: Promise<Value>;
  readonly loadedAtMs: number;
}

/**
 * Remembers what was loaded, across invocations. Errors are not remembered. If there are too many
 * keys, the oldest goes.
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
