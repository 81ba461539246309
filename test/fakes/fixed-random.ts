import type { Random } from '../../lambdas/ports/random.ts';

/** Returns the same number each time. 0.5 means no jitter. */
export function fixedRandom(chance = 0.5): Random {
  return { next: () => chance };
}
