import { percentile, type SeenChange } from '../change-tracker.ts';
import { pairFunctionMemory } from '../function-memory.ts';
import { mebibytes } from '../machine.ts';
import type { VersionProblems } from '../stored-versions-check.ts';
import type { Counts, Snapshot } from './snapshot.ts';

/** What a run observed. */
export interface ObservedSoak extends VersionProblems {
  readonly begin: Snapshot;
  readonly end: Snapshot;
  /** The work that was left at the end, when the time to finish it was up. */
  readonly left: readonly string[];
  /** Distinct versions that the receiver got between the two snapshots. */
  readonly versionsReceived: number;
  /** Memory of the whole process, once a second. */
  readonly residentBytes: readonly number[];
  /** Changes between the two snapshots, in the order in which they were made. */
  readonly changes: readonly SeenChange[];
}

/** One row of the verdict. */
export interface VerdictRow {
  readonly what: string;
  readonly begin: string;
  readonly end: string;
  readonly allowed: string;
  readonly holds: boolean;
}

/**
 * Memory may grow by a fifth and 8 MiB: caches fill, and the run itself notes each version. A leak
 * of 10 KB for each message exceeds that within minutes.
 */
const memory = { factor: 1.2, bytes: 8 * 2 ** 20 };
/**
 * The resident memory of the process also holds garbage, of about twenty workers. It grows until
 * the collectors run as often as garbage appears, so the halves of the run are compared.
 */
const residentMemory = { factor: 1.2, bytes: 32 * 2 ** 20 };
/** Pools of connections differ by a few sockets from moment to moment. */
const handlesAllowed = 16;
/** A busy machine makes single messages late. */
const lag = { factor: 2, ms: 1_000 };

/** Compares the end of a run with its beginning. */
export function judgeSoak(observed: ObservedSoak): readonly VerdictRow[] {
  const { begin, end, left, lost, duplicates } = observed;
  return [
    memoryRow('heap of the host, without garbage', begin.heapBytes, end.heapBytes, memory),
    functionsRow(begin.functionBytes, end.functionBytes),
    residentRow(observed.residentBytes),
    handlesRow(begin.handles, end.handles),
    ...rowRows(observed),
    countRow('work left in queues and functions', 0, left.length, 0),
    countRow('rows that are due', begin.unfinished.length, end.unfinished.length, 0),
    countRow('messages parked', begin.parked, end.parked, 0),
    lagRow(observed.changes),
    countRow('changes and versions lost', 0, lost.length, 0),
    countRow('duplicate versions', 0, duplicates.length, 0),
  ];
}

function memoryRow(what: string, begin: number, end: number, { factor, bytes }: typeof memory): VerdictRow {
  const most = begin * factor + bytes;
  return {
    what,
    begin: mebibytes(begin),
    end: mebibytes(end),
    allowed: `at most ${mebibytes(most)}`,
    holds: end <= most,
  };
}

/** All functions together, and each of them: the sum hides a leak in one. */
function functionsRow(begin: Snapshot['functionBytes'], end: Snapshot['functionBytes']): VerdictRow {
  const { both, missing } = pairFunctionMemory(begin, end);
  const [before, after] = [both.map((each) => each.before), both.map((each) => each.after)].map(sumOf);
  const all = memoryRow('functions, without garbage', before ?? 0, after ?? 0, memory);
  const grown = both
    .map((each) => memoryRow(each.name, each.before, each.after, memory))
    .filter(({ holds }) => !holds)
    .map((each) => `${each.what}: ${each.begin} to ${each.end}`);
  const problems = [...grown, ...missing.map((name) => `${name} does not answer`)];
  return {
    ...all,
    end: [all.end, ...problems].join(', '),
    allowed: `${all.allowed}; each function by the same rule`,
    holds: all.holds && problems.length === 0,
  };
}

function residentRow(bytes: readonly number[]): VerdictRow {
  const half = Math.ceil(bytes.length / 2);
  const [first, second] = [bytes.slice(0, half), bytes.slice(half)].map((each) => Math.max(...each));
  return memoryRow('resident memory, highest of each half', first ?? 0, second ?? 0, residentMemory);
}

function handlesRow(begin: Counts, end: Counts): VerdictRow {
  const grown = Object.entries(end).filter(([kind, count]) => count > (begin[kind] ?? 0) + handlesAllowed);
  return {
    what: 'sockets, timers and other handles of the host',
    begin: String(total(begin)),
    end: [total(end), ...grown.map(([kind, count]) => `${kind}: ${begin[kind] ?? 0} to ${count}`)].join(', '),
    allowed: `at most ${handlesAllowed} more of each kind`,
    holds: grown.length === 0,
  };
}

function total(counts: Counts): number {
  return sumOf(Object.values(counts));
}

function sumOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, each) => sum + each, 0);
}

/** Versions and deliveries grow by one for each version received. Nothing else grows. */
function rowRows({ begin, end, versionsReceived }: ObservedSoak): readonly VerdictRow[] {
  const kinds = new Set([...Object.keys(begin.rows), ...Object.keys(end.rows)]);
  return [...kinds].toSorted().map((kind) => {
    const before = begin.rows[kind] ?? 0;
    const growth = kind === 'version' || kind === 'delivery' ? versionsReceived : 0;
    return countRow(`rows of kind ${kind}`, before, end.rows[kind] ?? 0, before + growth);
  });
}

function countRow(what: string, begin: number, end: number, expected: number): VerdictRow {
  return { what, begin: String(begin), end: String(end), allowed: String(expected), holds: end === expected };
}

function lagRow(changes: readonly SeenChange[]): VerdictRow {
  const ordered = changes.toSorted((a, b) => a.madeAtMs - b.madeAtMs);
  const quarter = Math.ceil(ordered.length / 4);
  const first = percentile(
    ordered.slice(0, quarter).map(({ lagMs }) => lagMs),
    0.95,
  );
  const last = percentile(
    ordered.slice(-quarter).map(({ lagMs }) => lagMs),
    0.95,
  );
  const most = lag.factor * first + lag.ms;
  return {
    what: 'time to the message, 95th percentile',
    begin: `${seconds(first)} in the first quarter`,
    end: `${seconds(last)} in the last`,
    allowed: `at most ${seconds(most)}`,
    holds: last <= most,
  };
}

export function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(2)} s`;
}
