export interface FittedColumn {
  /** Width of its longest text. */
  readonly natural: number;
  readonly cut: 'never' | 'first' | 'last';
}

/** The width of a column. Undefined: it does not fit beside the others. */
export type Width = number | undefined;

/** Spaces between two columns. */
const gap = 2;

/** A column keeps this much: less says nothing. */
const least = { first: 16, last: 20 } as const;

function leastOf({ natural, cut }: FittedColumn): number {
  return cut === 'never' ? natural : Math.min(natural, least[cut]);
}

/**
 * Shares the width of a terminal. If all columns cannot fit, those that come last are left out.
 */
export function fitColumns(
  columns: readonly FittedColumn[],
  available: number | undefined,
): readonly Width[] {
  if (available === undefined) return columns.map(({ natural }) => natural);
  const doAllFit = totalOf(columns.map(leastOf)) <= available;
  const fits = doAllFit ? columns.map(() => true) : chooseColumns(columns, available);
  const widths: Width[] = columns.map(({ natural }, at) => (fits[at] ? natural : undefined));
  while (totalOf(widths) > available) {
    const at = indexToCut(columns, widths);
    if (at === undefined) break;
    widths[at] = (widths[at] ?? 0) - 1;
  }
  return widths;
}

/** The first column stays also if it is too wide. */
function chooseColumns(columns: readonly FittedColumn[], available: number): readonly boolean[] {
  let used = 0;
  return columns.map((column, at) => {
    const needed = leastOf(column) + (at === 0 ? 0 : gap);
    if (at > 0 && used + needed > available) return false;
    used += needed;
    return true;
  });
}

/** The widest column of those that are cut first and can still be cut. */
function indexToCut(columns: readonly FittedColumn[], widths: readonly Width[]): number | undefined {
  for (const cut of ['first', 'last'] as const) {
    const candidates = columns.flatMap((column, at) =>
      column.cut === cut && (widths[at] ?? 0) > leastOf(column) ? [at] : [],
    );
    const [widest] = candidates.toSorted((one, other) => (widths[other] ?? 0) - (widths[one] ?? 0));
    if (widest !== undefined) return widest;
  }
  return undefined;
}

function totalOf(widths: readonly Width[]): number {
  const present = widths.flatMap((width) => width ?? []);
  return present.reduce((sum, width) => sum + width, 0) + gap * Math.max(0, present.length - 1);
}
