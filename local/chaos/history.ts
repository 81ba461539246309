/** One thing that happened in a run. */
export interface Entry {
  readonly atMs: number;
  /** Paths of the records that it touched; none where it befell a function as a whole. */
  readonly paths: readonly string[];
  /** The function that did it, or that it befell. */
  readonly functionId?: string | undefined;
  readonly text: string;
}

/** What happened in one run, so that a violation can be told with what led to it. */
export class History {
  readonly #entries: Entry[] = [];
  readonly #nowMs: () => number;

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  note(paths: readonly string[], text: string, functionId?: string): void {
    this.#entries.push({ atMs: this.#nowMs(), paths, text, functionId });
  }

  /** What is known of another source, such as the versions of the table. */
  get entries(): readonly Entry[] {
    return this.#entries;
  }
}

/** How long before or after a record's own line a misfortune of the function may have to do with it. */
const nearMs = 400;

/**
 * The lines about one record in the order of time, with what befell its functions close by.
 * @param more what is known from elsewhere, such as the versions of the table.
 */
export function linesAbout(path: string, entries: readonly Entry[], more: readonly Entry[] = []): string[] {
  const own = [...entries.filter(({ paths }) => paths.includes(path)), ...more];
  const functions = new Set(own.flatMap(({ functionId }) => (functionId === undefined ? [] : [functionId])));
  const befell = entries.filter(
    ({ paths, functionId = '', atMs }) =>
      paths.length === 0 &&
      functions.has(functionId) &&
      own.some((each) => each.functionId === functionId && Math.abs(each.atMs - atMs) < nearMs),
  );
  const told = [...own, ...befell].toSorted((a, b) => a.atMs - b.atMs);
  const [first] = told;
  return told.map(({ atMs, text, functionId }) => {
    const seconds = ((atMs - (first?.atMs ?? 0)) / 1_000).toFixed(3).padStart(8);
    return `${seconds} s  ${functionId === undefined ? '' : `${functionName(functionId)}: `}${text}`;
  });
}

/** `Hydration/HydrateOpportunity/Function` -> `HydrateOpportunity` */
export function functionName(functionId: string): string {
  return functionId.split('/').at(-2) ?? functionId;
}
