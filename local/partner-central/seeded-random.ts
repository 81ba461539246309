/** Returns a number in [0, 1), like Math.random. */
export type Random = () => number;

/** The same seed gives the same numbers. The algorithm is mulberry32. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A whole number from `low` to `high`, both included. */
export function between(random: Random, low: number, high: number): number {
  return low + Math.floor(random() * (high - low + 1));
}

export function pick<T>(random: Random, choices: readonly T[]): T {
  const picked = choices[between(random, 0, choices.length - 1)];
  if (picked === undefined) throw new RangeError('nothing to pick from');
  return picked;
}

export function characters(random: Random, alphabet: string, count: number): string {
  return Array.from({ length: count }, () => alphabet.charAt(between(random, 0, alphabet.length - 1))).join(
    '',
  );
}

/** 8-4-4-4-12 hexadecimal digits without version bits, as in recorded event ids. */
export function eventIdFrom(random: Random): string {
  return [8, 4, 4, 4, 12].map((count) => characters(random, '0123456789abcdef', count)).join('-');
}
