/** One thing that happened while a seed ran. */
export interface Entry {
  readonly atMs: number;
  /** Paths of the records concerned. Empty if the entry concerns a function as a whole. */
  readonly paths: readonly string[];
  /** The function that did it, or that it happened to. */
  readonly functionId?: string | undefined;
  readonly text: string;
}

/**
 * Everything that happened while a seed ran. A violation is reported with its part of the history.
 */
export class History {
  readonly #entries: Entry[] = [];
  readonly #nowMs: () => number;

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  note(paths: readonly string[], text: string, functionId?: string): void {
    this.#entries.push({ atMs: this.#nowMs(), paths, text, functionId });
  }

  get entries(): readonly Entry[] {
    return this.#entries;
  }
}

/** A fault of a function is listed if it is this close to an entry of the record, milliseconds. */
const nearMs = 400;

/**
 * The history of one record by time, including faults of its functions at about the same time.
 * @param more entries from another source, such as the versions in the table
 */
export function linesAbout(path: string, entries: readonly Entry[], more: readonly Entry[] = []): string[] {
  const own = [...entries.filter(({ paths }) => paths.includes(path)), ...more];
  const functions = new Set(own.flatMap(({ functionId }) => (functionId === undefined ? [] : [functionId])));
  const faults = entries.filter(
    ({ paths, functionId = '', atMs }) =>
      paths.length === 0 &&
      functions.has(functionId) &&
      own.some((each) => each.functionId === functionId && Math.abs(each.atMs - atMs) < nearMs),
  );
  const sorted = [...own, ...faults].toSorted((a, b) => a.atMs - b.atMs);
  const [first] = sorted;
  return sorted.map(({ atMs, text, functionId }) => {
    const seconds = ((atMs - (first?.atMs ?? 0)) / 1_000).toFixed(3).padStart(8);
    return `${seconds} s  ${functionId === undefined ? '' : `${functionName(functionId)}: `}${text}`;
  });
}

/** `Hydration/HydrateOpportunity/Function` -> `HydrateOpportunity` */
export function functionName(functionId: string): string {
  return functionId.split('/').at(-2) ?? functionId;
}
