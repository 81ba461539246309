import { join } from 'node:path';
import type { FunctionProcess } from './function-process.ts';
import { bundleHandler } from './handler-bundle.ts';
import { startHydrateStage } from './hydrate-stage.ts';
import {
  alternate,
  type Measured,
  type Measurement,
  median,
  ratioOf,
  type Sides,
  spread,
} from './measurement.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** What is aimed at. The bound is what is reached. */
const aim = 1.35;
const perRound = 800;
const rounds = 9;

/** Events of one business action. The function hydrates them together, the baseline one by one. */
const burst = 5;

/**
 * Processor time of the deployed bundle per event, divided by that of a bare handler with one
 * GetOpportunity and one PutItem. Each event concerns another opportunity without a summary, so
 * that both read and write one record. The cost of bursts is printed but has no bound.
 */
export const hydrateCpu: Measurement = {
  name: 'hydrateCpu',
  title: 'Processor time of hydrate for an event',
  bound: { atMost: 1.8 },
  async run(report) {
    await using cleanUps = new AsyncDisposableStack();
    return await measure(report, cleanUps);
  },
};

async function measure(report: (line: string) => void, cleanUps: AsyncDisposableStack): Promise<Measured> {
  const folder = await temporaryFolder(cleanUps);
  const { partner, update, start } = await startHydrateStage(['records', 'bare'], cleanUps);
  const bundleOf = (name: string, entry: string) => bundleHandler(entry, join(folder, name));
  const baseline = await start(await bundleOf('bare', './bare-hydrate.ts'), 'bare');
  const product = await start(await bundleOf('real', '../lambdas/hydrate/opportunity-handler.ts'), 'records');
  const compare = (ids: readonly string[]): Promise<Sides> => {
    const microsecondsPerEvent = async (side: FunctionProcess): Promise<number> =>
      (1_000 * (await side.runRound(update(ids, perRound))).cpuMs) / perRound;
    return alternate(
      { baseline: () => microsecondsPerEvent(baseline), product: () => microsecondsPerEvent(product) },
      rounds,
    );
  };
  const created = Array.from({ length: perRound }, () => partner.createOpportunity('AWS', { events: 0 }));
  report(`${perRound} events of as many opportunities in each round …`);
  const single = await compare(created);
  const submitted = created.slice(0, perRound / burst);
  for (const id of submitted) partner.submitOpportunity(id, { events: 0 });
  report(`${perRound} events of ${submitted.length} submitted opportunities in each round …`);
  const bursts = await compare(submitted);
  const ratio = ratioOf(single);
  return {
    ratio,
    ours: `${median(single.product).toFixed(0)} µs per event`,
    floor: `${median(single.baseline).toFixed(0)} µs: a bare handler with the same SDK`,
    details: [
      'processor time per event, fifty events per batch',
      `the aim of ${aim} times the bare handler is ${ratio <= aim ? 'met' : 'missed'}: ${ratio.toFixed(2)}`,
      `the function: ${spread(single.product, 'µs', 0)}`,
      `a bare handler: ${spread(single.baseline, 'µs', 0)}`,
      'without a bound: bursts of five events for a submitted opportunity, which also has a summary: ' +
        `${spread(bursts.product, 'µs', 0)} over ${spread(bursts.baseline, 'µs', 0)}: ${ratioOf(bursts).toFixed(2)}`,
    ],
  };
}
