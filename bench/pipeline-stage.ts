import { localQuota } from '../local/deployment.ts';
import { FunctionLogs } from '../local/function-logs.ts';
import { addMemoryReporter, readFunctionMemory } from '../local/function-memory.ts';
import type { EngineChoice } from '../local/host/tables/dynamodb-engine.ts';
import { startLocalStage } from '../local/local-stage.ts';
import { createPartner } from '../local/partner-central/create-partner.ts';
import type { SimulatedPartner } from '../local/partner-central/model/simulated-partner.ts';
import { startSimulator } from '../local/partner-central/simulator-server.ts';
import { synthesize } from '../local/synthesize.ts';

/** Folder of the template and the bundles. */
export const pipelineFolder = 'cdk.out/bench';

/** Builds the deployed bundles. Each imports the module that reports its memory first. */
export async function buildPipeline(): Promise<void> {
  await synthesize({ folder: pipelineFolder });
  await addMemoryReporter(pipelineFolder);
}

/** The local stage of `npm start` with a simulated partner that the benchmark drives. */
export interface Pipeline {
  readonly partner: SimulatedPartner;
  /** Puts the emitted events on the bus and waits until all their messages are delivered. */
  readonly play: () => Promise<void>;
  /** Number of events put on the bus. */
  readonly events: () => number;
  /**
   * Reads of single records in Partner Central. The lists that `reconcile` reads are not counted.
   */
  readonly reads: () => number;
  readonly partnerCentralUrl: string;
  /** Number of received messages with a valid signature. */
  readonly messages: () => number;
  /** How many fan-outs and received messages there were above one for each message. */
  readonly repeats: () => number;
  /** Mean memory of the workers of each function, bytes by function name. */
  readonly memory: () => Promise<ReadonlyMap<string, number>>;
  readonly stop: () => Promise<void>;
}

/** @throws Error at the next `play` if a function has logged an error */
export async function startPipeline(engine: EngineChoice = 'auto'): Promise<Pipeline> {
  const { partner, emitted } = createPartner();
  const simulator = await startSimulator({ partner, quota: localQuota });
  const problems: string[] = [];
  const lines = new FunctionLogs((line) => problems.push(line));
  const local = await startLocalStage({ engine, folder: pipelineFolder }, simulator.url, lines);
  const { receiver } = local;
  let put = 0;
  let received = 0;
  let distinct = 0;
  return {
    partner,
    play: async () => {
      const events = emitted.splice(0);
      await Promise.all(events.map((event) => local.stage.bus.put(event)));
      await local.waitUntilDrained();
      put += events.length;
      problems.push(...receiver.refused);
      if (problems.length > 0) throw new Error(`the stage reported errors: ${problems.join('; ')}`);
      // The receipts would grow with the run and distort the memory figures.
      const receipts = receiver.receipts.splice(0);
      received += receipts.length;
      distinct += new Set(receipts.map(({ webhookId }) => webhookId)).size;
    },
    reads: () => simulator.reads('GetOpportunity') + simulator.reads('GetAwsOpportunitySummary'),
    partnerCentralUrl: simulator.url,
    events: () => put,
    messages: () => received,
    repeats: () => lines.counts.fannedOut + received - 2 * distinct,
    memory: readFunctionMemory,
    stop: async () => {
      await local.stop();
      await simulator.stop();
    },
  };
}
