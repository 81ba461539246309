/**
 * Calls `load` once for each key and returns the same result, or the same error, to all callers.
 * Results are kept as long as the returned function: use it within one invocation only.
 */
export function memoize<Key, Result>(load: (key: Key) => Promise<Result>): (key: Key) => Promise<Result> {
  const results = new Map<Key, Promise<Result>>();
  return (key) => {
    const result = results.get(key) ?? load(key);
    results.set(key, result);
    return result;
  };
}
