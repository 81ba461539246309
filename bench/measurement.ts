/**
 * One figure of `npm run bench`: the ratio of the product to a baseline, both measured in one run.
 */
export interface Measurement {
  /** The name in the result and on the command line. */
  readonly name: string;
  /** What is measured, in plain words. */
  readonly title: string;
  /** The figure is a count, and not a ratio. */
  readonly isCount?: boolean;
  /** @default the figure is only reported */
  readonly bound?: Bound;
  /** @param report prints a line of progress */
  readonly run: (report: (line: string) => void) => Promise<Measured>;
}

export type Bound = { readonly atMost: number } | { readonly atLeast: number };

export interface Measured {
  readonly ratio: number;
  /** What the product took, with its unit: `86 µs`. */
  readonly ours: string;
  /** What `ours` is compared with: what the baseline took, with its unit. */
  readonly floor: string;
  /**
   * Lines for people: the medians of both sides with their units, and the range of single rounds.
   */
  readonly details: readonly string[];
}

/** NaN is never within a bound. Every other ratio is, if there is no bound. */
export function isWithin(bound: Bound | undefined, ratio: number): boolean {
  if (!bound) return !Number.isNaN(ratio);
  return 'atMost' in bound ? ratio <= bound.atMost : ratio >= bound.atLeast;
}

export function boundText(bound: Bound | undefined): string {
  if (!bound) return '–';
  return 'atMost' in bound ? `at most ${bound.atMost}` : `at least ${bound.atLeast}`;
}

/** The smallest number of rounds that a median is taken of. */
export const leastRounds = 7;

/**
 * Runs rounds of the baseline and the product. Each goes first in every other round, so that other
 * load on the machine affects both. The first round only warms up and does not count.
 */
export async function alternate(
  sides: { readonly baseline: () => Promise<number>; readonly product: () => Promise<number> },
  rounds: number = leastRounds,
): Promise<Sides> {
  const baseline: number[] = [];
  const product: number[] = [];
  for (let round = 0; round <= rounds; round += 1) {
    const isBaselineFirst = round % 2 === 0;
    const early = isBaselineFirst ? await sides.baseline() : undefined;
    const ofProduct = await sides.product();
    const ofBaseline = early ?? (await sides.baseline());
    if (round === 0) continue;
    baseline.push(ofBaseline);
    product.push(ofProduct);
  }
  return { baseline, product };
}

export interface Sides {
  readonly baseline: readonly number[];
  readonly product: readonly number[];
}

/** The median of the product divided by the median of the baseline. */
export function ratioOf({ baseline, product }: Sides): number {
  return median(product) / median(baseline);
}

/** @returns the lower of the two middle numbers if their count is even; NaN if there are none */
export function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor((numbers.length - 1) / 2)] ?? Number.NaN;
}

/** `870 ms`, or `1.4 s` */
export function timeText(ms: number): string {
  return ms < 1_000 ? `${ms.toFixed(0)} ms` : `${(ms / 1_000).toFixed(1)} s`;
}

/** `12.3 ms (11.9 to 13.0, 7 rounds)` */
export function spread(numbers: readonly number[], unit: string, digits = 1): string {
  const [least, most] = [Math.min(...numbers), Math.max(...numbers)].map((each) => each.toFixed(digits));
  return `${median(numbers).toFixed(digits)} ${unit} (${least} to ${most}, ${numbers.length} rounds)`;
}
