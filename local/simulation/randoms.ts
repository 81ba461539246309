import { type Random, seededRandom } from '../partner-central/seeded-random.ts';

/**
 * One generator for each concern, such as `stream` or `fault event-lost`. The numbers that one
 * concern draws do not change those of another.
 */
export type Randoms = (concern: string) => Random;

/** The same seed and concern give the same numbers. */
export function randomsOf(seed: number): Randoms {
  const known = new Map<string, Random>();
  return (concern) => {
    const random = known.get(concern) ?? seededRandom(hashOf(`${seed} ${concern}`));
    known.set(concern, random);
    return random;
  };
}

/** 32 bits of FNV-1a: http://www.isthe.com/chongo/tech/comp/fnv/ */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1)
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return hash >>> 0;
}
