/** What a call is for. A call of lower priority may use less of the quota. */
export interface Purpose {
  /** How far ahead permits are reserved. */
  readonly horizonMs: number;
  /** The share of the daily limit at which the calls stop. */
  readonly shareOfDay: number;
}

/**
 * A burst of opportunities reserves all permits of the next 1.5 s; an invitation, which expires,
 * still gets one after them. `reconcile` gets only what the others leave. An early read, which a
 * ripe read follows anyway, gets a permit only if no burst is under way.
 */
export const readPurposes = {
  invitation: { horizonMs: 3_000, shareOfDay: 1 },
  record: { horizonMs: 1_500, shareOfDay: 0.9 },
  early: { horizonMs: 500, shareOfDay: 0.9 },
  reconcile: { horizonMs: 750, shareOfDay: 0.8 },
} as const satisfies Readonly<Record<string, Purpose>>;
export type ReadPurpose = keyof typeof readPurposes;

/**
 * The answer to an invitation still gets a permit after two commands that hold one each: at one
 * write a second the third permit is at most 2.6 s ahead.
 */
export const writePurposes = {
  invitation: { horizonMs: 3_000, shareOfDay: 1 },
  command: { horizonMs: 1_500, shareOfDay: 0.95 },
} as const satisfies Readonly<Record<string, Purpose>>;
export type WritePurpose = keyof typeof writePurposes;

const purposes = [...Object.values(readPurposes), ...Object.values(writePurposes)];
export const longestHorizonMs = Math.max(...purposes.map(({ horizonMs }) => horizonMs));
