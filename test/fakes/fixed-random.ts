import type { Random } from '../../lambdas/ports/random.ts';

/** Rolls the same number each time; a half is no jitter at all. */
export function fixedRandom(chance = 0.5): Random {
  return { next: () => chance };
}
