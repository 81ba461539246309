import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import * as v from 'valibot';
import { fillRecords } from '../../bench/listed-records.ts';
import { timeScale } from '../../local/local-stage.ts';
import { createPartner } from '../../local/partner-central/create-partner.ts';
import { startSimulator } from '../../local/partner-central/simulator-server.ts';
import { synthesize } from '../../local/synthesize.ts';
import { type CostStage, startCostStage } from './cost-stage.ts';
import { type CountedRun, countedRun } from './counts.ts';

/** File to which `npm run cost` writes how the counts grow. */
export const growthFile = 'docs/growth-counts.json';

const schema = v.object({
  countedOn: v.pipe(v.string(), v.isoDate()),
  engine: v.string(),
  machine: v.string(),
  /** Changes of opportunities without a summary, with other numbers of records and endpoints. */
  changes: v.array(v.object({ records: v.number(), endpoints: v.number(), run: countedRun })),
  /** Full passes of `reconcile` over unchanged opportunities, each with a summary. */
  passes: v.array(v.object({ opportunities: v.number(), run: countedRun })),
});
export type GrowthCounts = v.InferOutput<typeof schema>;

/** @throws Error if the file does not have the format of `npm run cost` */
export function readGrowthCounts(): GrowthCounts {
  return v.parse(schema, JSON.parse(readFileSync(growthFile, 'utf8')));
}

const trueSpeed = 1;
/** Changes of opportunities that are counted, one at a time. */
const changes = 3;
const fewRecords = 1_000;
const manyRecords = 10_000;
const moreEndpoints = [10];
const passedOpportunities = [20, 60] as const;

/** Counts what a change takes with more records and with more endpoints, and what a pass takes. */
export async function countGrowth(folder: string, report: (line: string) => void): Promise<GrowthCounts> {
  report('building the functions and synthesizing the stack');
  await synthesize({ folder, settings: { catalogs: 'AWS' } });
  const few = await onNewStage(folder, 1, trueSpeed, async (growing) => {
    const run = await growing.countChanges(fewRecords, report);
    const more = await growing.countChanges(manyRecords, report);
    return { engine: growing.engine, runs: [run, more] };
  });
  const many: GrowthCounts['changes'] = [];
  for (const endpoints of moreEndpoints) {
    const run = await onNewStage(folder, endpoints, trueSpeed, (growing) =>
      growing.countChanges(fewRecords, report),
    );
    many.push({ records: fewRecords, endpoints, run });
  }
  const passes = await onNewStage(folder, 1, timeScale, (growing) => growing.countPasses(report));
  return {
    countedOn: new Date().toISOString().slice(0, 10),
    engine: few.engine,
    machine: `${cpus()[0]?.model.trim() ?? 'unknown processor'}, ${cpus().length} cores`,
    changes: [
      ...few.runs.map((run, index) => ({
        records: [fewRecords, manyRecords][index] ?? 0,
        endpoints: 1,
        run,
      })),
      ...many,
    ],
    passes,
  };
}

interface GrowingStage {
  readonly engine: string;
  readonly countChanges: (records: number, report: (line: string) => void) => Promise<CountedRun>;
  readonly countPasses: (report: (line: string) => void) => Promise<GrowthCounts['passes']>;
}

async function onNewStage<T>(
  folder: string,
  endpoints: number,
  scale: number,
  use: (stage: GrowingStage) => Promise<T>,
): Promise<T> {
  const { partner, emitted } = createPartner();
  const simulator = await startSimulator({ partner, quota: { perSecond: 1_000, perDay: 1_000_000 } });
  const stage = await startCostStage(folder, simulator.url, endpoints, scale);
  const put = async (): Promise<void> => await stage.put(emitted.splice(0));
  const ids: string[] = [];
  const createUntil = async (count: number, isSubmitted: boolean): Promise<void> => {
    while (ids.length < count) {
      const id = partner.createOpportunity('AWS');
      if (isSubmitted) partner.submitOpportunity(id);
      ids.push(id);
    }
    await put();
  };
  let filled = 0;
  try {
    return await use({
      engine: stage.engine,
      countChanges: async (records, report) => {
        report(`${changes} changes with ${records} records and ${endpoints} endpoints`);
        await fillRecords(stage.dynamodb, stage.tables.records, records, filled);
        filled = records;
        await createUntil(changes, false);
        return await stage.counted(async () => {
          // The same text each time, so that items have the same size.
          for (const [index, id] of ids.entries()) {
            partner.updateOpportunity(id, { patch: { Project: { Title: titleOf(records, index) } } });
            await put();
          }
          return ids.length;
        });
      },
      countPasses: (report) => countPasses(stage, (count) => createUntil(count, true), report),
    });
  } finally {
    await stage.stop();
    await simulator.stop();
  }
}

async function countPasses(
  stage: CostStage,
  createUntil: (count: number) => Promise<void>,
  report: (line: string) => void,
): Promise<GrowthCounts['passes']> {
  const passes: GrowthCounts['passes'] = [];
  for (const opportunities of passedOpportunities) {
    report(`a full pass over ${opportunities} opportunities`);
    await createUntil(opportunities);
    const run = await stage.counted(async () => {
      await stage.runFullPass();
      return opportunities;
    });
    passes.push({ opportunities, run });
  }
  return passes;
}

/** Titles of the same length that differ from run to run. */
function titleOf(records: number, index: number): string {
  return `Title ${String(records).padStart(6, '0')} ${String(index).padStart(3, '0')}`;
}
