import { execFile } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { promisify } from 'node:util';
import * as v from 'valibot';
import { boundText } from './measurement.ts';
import { holdsBound, type Row, ratioOfRow } from './report.ts';

/** File to which `npm run bench -- --save` writes, and from which docs/performance.md is made. */
export const resultsFile = 'docs/performance-results.json';

const savedRow = v.object({
  name: v.string(),
  title: v.string(),
  ours: v.string(),
  floor: v.string(),
  ratio: v.string(),
  bound: v.string(),
  holds: v.boolean(),
  details: v.array(v.string()),
  measuredOn: v.pipe(v.string(), v.isoDate()),
  /** Commit of the checkout, with `and changes` if files differed from it. */
  commit: v.string(),
  machine: v.string(),
});
export type SavedRow = v.InferOutput<typeof savedRow>;

/** @throws Error if the file does not have the format of `npm run bench -- --save` */
export function readResults(): readonly SavedRow[] {
  if (!existsSync(resultsFile)) return [];
  return v.parse(v.array(savedRow), JSON.parse(readFileSync(resultsFile, 'utf8')));
}

/**
 * Saves the results. Results of other measurements stay, each with its own day, commit and machine.
 * A failed measurement changes nothing.
 * @param order names of all measurements
 */
export async function saveResults(
  rows: readonly Row[],
  order: readonly string[],
  machine: string,
): Promise<void> {
  const commit = await describeCommit();
  const measuredOn = new Date().toISOString().slice(0, 10);
  const measured = rows
    .filter(({ ratio }) => !Number.isNaN(ratio))
    .map((row): SavedRow => {
      const { measurement, ours, floor, details } = row;
      const { name, title, bound } = measurement;
      const texts = { name, title, ours, floor, ratio: ratioOfRow(row), bound: boundText(bound) };
      return { ...texts, holds: holdsBound(row), details: [...details], measuredOn, commit, machine };
    });
  const byName = new Map([...readResults(), ...measured].map((row) => [row.name, row]));
  const saved = order.flatMap((name) => byName.get(name) ?? []);
  writeFileSync(resultsFile, `${JSON.stringify(saved, undefined, 2)}\n`);
}

const run = promisify(execFile);

async function describeCommit(): Promise<string> {
  const [{ stdout: commit }, { stdout: changes }] = await Promise.all([
    run('git', ['rev-parse', '--short', 'HEAD']),
    run('git', ['status', '--porcelain', '--untracked-files=no', '--', ':!docs']),
  ]);
  return changes === '' ? commit.trim() : `${commit.trim()} and changes`;
}
