/** One call tries at most this many sets. */
const mostTries = 250;

/**
 * Finds a smaller set of ids with which the test still fails, by delta debugging ("Simplifying and
 * Isolating Failure-Inducing Input", IEEE Transactions on Software Engineering, 2002). Leaves out
 * halves, then quarters, and so on, until no single id can be left out or the tries are used up.
 */
export async function shrink(
  ids: readonly string[],
  isFailing: (ids: readonly string[]) => Promise<boolean>,
): Promise<readonly string[]> {
  let kept = ids;
  let tries = 0;
  for (let parts = 2; kept.length > 0; ) {
    const size = Math.ceil(kept.length / parts);
    let isSmaller = false;
    for (let from = 0; from < kept.length && tries < mostTries; ) {
      const without = [...kept.slice(0, from), ...kept.slice(from + size)];
      tries += 1;
      if (await isFailing(without)) {
        kept = without;
        isSmaller = true;
      } else from += size;
    }
    if (tries >= mostTries) return kept;
    if (size === 1 && !isSmaller) return kept;
    if (size > 1) parts = Math.min(2 * parts, kept.length);
  }
  return kept;
}
