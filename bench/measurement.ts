/** One of the figures of `npm run bench`: what the product does over a floor, both taken in the same run. */
export interface Measurement {
  /** As it stands in the result, and as it is asked for on the command line. */
  readonly name: string;
  readonly bound: Bound;
  /** @param told is given a line for each thing that a person waiting for it wants to know */
  readonly run: (told: (line: string) => void) => Promise<Measured>;
}

export type Bound = { readonly atMost: number } | { readonly atLeast: number };

export interface Measured {
  readonly ratio: number;
  /** What a person reads: both sides' medians with their units, and how far single turns were from them. */
  readonly details: readonly string[];
}

/** A ratio that is no number holds no bound. */
export function isWithin(bound: Bound, ratio: number): boolean {
  return 'atMost' in bound ? ratio <= bound.atMost : ratio >= bound.atLeast;
}

export function boundText(bound: Bound): string {
  return 'atMost' in bound ? `at most ${bound.atMost}` : `at least ${bound.atLeast}`;
}

/** The least that a median is taken of. */
export const leastRounds = 7;

/**
 * Takes turns between the floor and the real thing, each of them first in every other turn, so that whatever else the
 * machine does falls on both. One turn of each before that warms up and does not count.
 */
export async function alternate(
  sides: { readonly floor: () => Promise<number>; readonly real: () => Promise<number> },
  turns: number = leastRounds,
): Promise<Sides> {
  const floor: number[] = [];
  const real: number[] = [];
  for (let turn = 0; turn <= turns; turn += 1) {
    const isFloorFirst = turn % 2 === 0;
    const early = isFloorFirst ? await sides.floor() : undefined;
    const realFound = await sides.real();
    const floorFound = early ?? (await sides.floor());
    if (turn === 0) continue;
    floor.push(floorFound);
    real.push(realFound);
  }
  return { floor, real };
}

export interface Sides {
  readonly floor: readonly number[];
  readonly real: readonly number[];
}

/** The real thing's median over the floor's. */
export function ratioOf({ floor, real }: Sides): number {
  return median(real) / median(floor);
}

/** @returns NaN of nothing; the lower of the two in the middle where there are two */
export function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor((numbers.length - 1) / 2)] ?? Number.NaN;
}

/** `12.3 ms (11.9 to 13.0, 7 turns)` */
export function spread(numbers: readonly number[], unit: string, digits = 1): string {
  const [least, most] = [Math.min(...numbers), Math.max(...numbers)].map((each) => each.toFixed(digits));
  return `${median(numbers).toFixed(digits)} ${unit} (${least} to ${most}, ${numbers.length} turns)`;
}
