import { beforeAll, describe, expect, it } from 'vitest';
import { breakPlugin } from '../../local/chaos/breaks.ts';
import type { PromiseNumber } from '../../local/chaos/evidence.ts';
import { SeedWorkers } from '../../local/chaos/seed-workers.ts';
import { breaks } from '../../local/simulation/breaks.ts';
import { buildProgram } from '../../local/simulation/build.ts';
import type { SimulationReport, SimulationTask } from '../../local/simulation/task.ts';

interface KnownSeed {
  /** The promise that the safeguard keeps. */
  readonly promise: PromiseNumber;
  /** Finds it. */
  readonly seed: number;
  /** Number of commands in the storm. @default 0 */
  readonly commands?: number;
}

/**
 * To find the seed of a break: `npm run simulate -- --break NAME --seeds 300 --seed 1`. The seed of
 * another promise does not count.
 */
const knownSeeds: Readonly<Record<string, KnownSeed>> = {
  'write-condition': { promise: 3, seed: 8, commands: 8 },
  'outbox-sweep': { promise: 1, seed: 2 },
  'delivery-sweep': { promise: 1, seed: 1 },
  lease: { promise: 9, seed: 4 },
  'coalescing-margin': { promise: 1, seed: 1 },
  'ripe-read': { promise: 1, seed: 2 },
  quota: { promise: 4, seed: 1 },
  freshness: { promise: 2, seed: 2 },
  'freshness-late-read': { promise: 1, seed: 2 },
  'webhook-id': { promise: 3, seed: 1 },
  signature: { promise: 3, seed: 1 },
  order: { promise: 8, seed: 1 },
  canary: { promise: 6, seed: 1 },
  parking: { promise: 5, seed: 28 },
  redaction: { promise: 7, seed: 18 },
  blame: { promise: 12, seed: 5 },
  'secret-waits': { promise: 1, seed: 1 },
  'reused-id': { promise: 3, seed: 13 },
  erasure: { promise: 13, seed: 1 },
  'exact-numbers': { promise: 1, seed: 26 },
  reconcile: { promise: 10, seed: 23 },
  'short-lease': { promise: 9, seed: 73 },
  'module-memory': { promise: 1, seed: 4 },
  'unfinished-version': { promise: 3, seed: 38 },
  'one-secret': { promise: 3, seed: 4 },
  'secret-memory': { promise: 3, seed: 28 },
  'kept-parked': { promise: 5, seed: 28 },
  'first-attempt-twice': { promise: 9, seed: 2 },
  'intent-deleted-early': { promise: 1, seed: 2 },
  'late-sweep': { promise: 1, seed: 1 },
  'erasure-first-read': { promise: 13, seed: 207 },
  'erasure-cancels-all': { promise: 1, seed: 1 },
  'rows-expire-early': { promise: 3, seed: 30 },
  'expired-predecessor': { promise: 3, seed: 4 },
  'unreadable-blocks-order': { promise: 1, seed: 1, commands: 8 },
  'unreadable-endpoint-skipped': { promise: 1, seed: 1 },
  'unreadable-event-dropped': { promise: 1, seed: 57 },
  'gate-trusted': { promise: 1, seed: 11 },
  'pass-trusted': { promise: 1, seed: 131 },
  'reminder-forgotten': { promise: 16, seed: 1 },
  'reminder-remembered': { promise: 16, seed: 4 },
  'write-quota': { promise: 4, seed: 5, commands: 8 },
  'no-read-back': { promise: 14, seed: 16, commands: 8 },
  'expire-open-call': { promise: 14, seed: 36, commands: 8 },
  'stored-base': { promise: 15, seed: 14, commands: 8 },
  'order-by-index': { promise: 14, seed: 1, commands: 40 },
  'no-second-look': { promise: 14, seed: 24, commands: 8 },
  'shared-token': { promise: 14, seed: 24, commands: 40 },
  'token-per-attempt': { promise: 14, seed: 16, commands: 8 },
  'move-in-two-steps': { promise: 14, seed: 1, commands: 8 },
  'sdk-serializer': { promise: 15, seed: 1, commands: 8 },
  'no-echo-of-status': { promise: 15, seed: 1, commands: 8 },
  'mark-on-current': { promise: 14, seed: 1, commands: 40 },
  'line-lease': { promise: 14, seed: 50, commands: 40 },
  'call-not-on-line': { promise: 14, seed: 9, commands: 8 },
  'line-sweep': { promise: 14, seed: 1, commands: 8 },
  'no-conflict': { promise: 15, seed: 3, commands: 40 },
  'no-echo-check': { promise: 17, seed: 2, commands: 8 },
  'echo-of-others': { promise: 17, seed: 2, commands: 8 },
  'no-permission': { promise: 18, seed: 5, commands: 8 },
  'no-approval': { promise: 18, seed: 4, commands: 8 },
};

/** After a change of the code a seed plays another storm: one of the next seeds may find it. */
const mostSeeds = 25;
/** Some of the tests play up to a hundred seeds, beside other tests on a busy machine. */
const longestMs = 400_000;
/** The seeds that found a break in this run, with their number of commands. */
const found = new Map<string, Played>();

type Played = Pick<SimulationTask, 'seed' | 'commands'>;

/** Plays seeds in a process of its own, as the command does, until one breaks the promise. */
async function play(
  program: URL,
  seeds: readonly Played[],
  promise?: PromiseNumber,
): Promise<readonly SimulationReport[]> {
  const left = [...seeds];
  const reports: SimulationReport[] = [];
  await new SeedWorkers<SimulationTask, SimulationReport>({ program, timeoutMs: 110_000 }).run(
    1,
    () => {
      const isOver = reports.some((report) => violates(report, promise));
      const next = isOver ? undefined : left.shift();
      return next && { ...next, rounds: 12, only: undefined, trace: false, shorten: false };
    },
    (report) => void reports.push(report),
  );
  return reports;
}

function note(played: Played): void {
  found.set(`${played.seed} ${played.commands}`, played);
}

function violates({ violations }: SimulationReport, promise: PromiseNumber | undefined): boolean {
  return violations.some((violation) => violation.promise === promise);
}

describe('breaks of the simulation', () => {
  it('have a known seed each', () => {
    expect(Object.keys(knownSeeds).toSorted()).toEqual(Object.keys(breaks).toSorted());
  });

  it.each(Object.entries(breaks))(
    'replace text that occurs once in the source, for --break %s',
    (_, broken) => {
      expect(breakPlugin(broken).name).toBe('chaos-break');
    },
  );

  it.concurrent.each(Object.entries(knownSeeds))(
    'are found by a violation of their promise, with --break %s',
    async (name, { promise, seed, commands = 0 }) => {
      const program = await buildProgram(`test-${name}`, breaks[name]);
      const seeds = Array.from({ length: mostSeeds }, (_, index) => ({ seed: seed + index, commands }));
      const reports = await play(program, seeds, promise);
      for (const report of reports) if (violates(report, promise)) note({ seed: report.seed, commands });
      expect(reports.filter((report) => violates(report, promise))).toHaveLength(1);
    },
    longestMs,
  );
});

describe('the program with all its safeguards', () => {
  let program: URL;

  beforeAll(async () => {
    program = await buildProgram('test-all', undefined);
  });

  it(
    'keeps every promise with the seeds that find breaks',
    async () => {
      for (const { seed, commands = 0 } of Object.values(knownSeeds)) note({ seed, commands });
      const reports = await play(program, [...found.values()]);
      const violations = reports.flatMap((report) =>
        report.violations.map((violation) => ({ seed: report.seed, ...violation })),
      );
      expect(violations).toEqual([]);
    },
    longestMs,
  );
});
