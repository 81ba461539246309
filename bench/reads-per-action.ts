import {
  GetAwsOpportunitySummaryCommand,
  GetOpportunityCommand,
  PartnerCentralSellingClient,
} from '@aws-sdk/client-partnercentral-selling';
import { clientSettings } from '../local/host/local-account.ts';
import { type Measurement, median, spread } from './measurement.ts';
import { buildPipeline, type Pipeline, startPipeline } from './pipeline-stage.ts';

const burst = 5;
const actions = 9;
/** The opportunity and its summary. */
const leastReads = 2;

/**
 * Reads of Partner Central for one business action with a burst of five events. The simulator
 * counts the reads of the local stage and of one hydration per event. The minimum is two: an
 * opportunity and its summary.
 */
export const readsPerAction: Measurement = {
  name: 'readsPerAction',
  title: 'Reads of Partner Central for a burst of five events',
  bound: { atMost: 1 },
  async run(report) {
    report('building the functions and synthesizing the stack');
    await buildPipeline();
    const pipeline = await startPipeline();
    try {
      const id = await submitOpportunity(pipeline);
      const relay: number[] = [];
      const perEvent: number[] = [];
      for (let action = 0; action < actions; action += 1) {
        for (let event = 0; event < burst; event += 1) pipeline.partner.updateOpportunity(id);
        relay.push(await readsDuring(pipeline, async () => await pipeline.play()));
        perEvent.push(await readsDuring(pipeline, async () => await hydrateEach(pipeline, id)));
      }
      return {
        // The largest number of reads counts, because the bound holds for every action.
        ratio: Math.max(...relay) / leastReads,
        ours: `${Math.max(...relay)} reads`,
        floor: `${leastReads} reads: a record and its summary`,
        details: [
          `a burst of ${burst} events: ${spread(relay, 'reads', 0)}; the largest number counts`,
          `with one hydration per event: ${spread(perEvent, 'reads', 0)}, ${(median(perEvent) / median(relay)).toFixed(1)} times as many`,
        ],
      };
    } finally {
      await pipeline.stop();
    }
  },
};

/** Waits until the opportunity, its summary and the names of its solutions are stored. */
async function submitOpportunity(pipeline: Pipeline): Promise<string> {
  const id = pipeline.partner.createOpportunity('AWS');
  pipeline.partner.submitOpportunity(id);
  await pipeline.play();
  return id;
}

async function readsDuring({ reads }: Pipeline, act: () => Promise<unknown>): Promise<number> {
  const before = reads();
  await act();
  return reads() - before;
}

async function hydrateEach({ partnerCentralUrl }: Pipeline, Identifier: string): Promise<void> {
  const client = new PartnerCentralSellingClient(clientSettings(partnerCentralUrl));
  for (let event = 0; event < burst; event += 1) {
    await client.send(new GetOpportunityCommand({ Catalog: 'AWS', Identifier }));
    const RelatedOpportunityIdentifier = Identifier;
    await client.send(new GetAwsOpportunitySummaryCommand({ Catalog: 'AWS', RelatedOpportunityIdentifier }));
  }
  client.destroy();
}
