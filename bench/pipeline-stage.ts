import { existsSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { BroadcastChannel } from 'node:worker_threads';
import * as v from 'valibot';
import { localQuota, synthesize } from '../local/deployment.ts';
import { FunctionLogs } from '../local/function-logs.ts';
import type { EngineChoice } from '../local/host/tables/dynamodb-engine.ts';
import { startLocalStage } from '../local/local-stage.ts';
import type { PartnerEventEnvelope } from '../local/partner-central/model/partner-events.ts';
import { SimulatedPartner } from '../local/partner-central/model/simulated-partner.ts';
import { seededRandom } from '../local/partner-central/seeded-random.ts';
import { startSimulator } from '../local/partner-central/simulator-server.ts';

const folder = 'cdk.out/bench';
const memoryTeller = new URL('./function-memory-main.ts', import.meta.url).href;

/** Builds the deployed bundles, each with what tells of its memory before it. */
export async function buildPipeline(): Promise<void> {
  await synthesize({ folder });
  const names = (await readdir(folder)).map((name) => join(folder, name, 'index.mjs'));
  for (const file of names.filter((name) => existsSync(name))) {
    const bundle = await readFile(file, 'utf8');
    const first = `import ${JSON.stringify(memoryTeller)};\n`;
    // An asset that was there already was not written again.
    if (!bundle.startsWith(first)) await writeFile(file, first + bundle);
  }
}

/** The local stage of `npm start` with a simulated partner, driven by whoever measures. */
export interface Pipeline {
  readonly partner: SimulatedPartner;
  /** Puts what the partner has emitted on the bus, and waits until all that came of it is delivered. */
  readonly play: () => Promise<void>;
  /** How many events were put. */
  readonly events: () => number;
  /** Of Partner Central, of one record each: the lists that `reconcile` reads on its schedule are not counted. */
  readonly reads: () => number;
  readonly partnerCentralUrl: string;
  /** How many messages arrived, their signatures verified. */
  readonly messages: () => number;
  /** Bytes that each function holds, a mean of its workers, by name. */
  readonly memory: () => Promise<ReadonlyMap<string, number>>;
  readonly stop: () => Promise<void>;
}

/** @throws Error with what a function reported as an error, at the next `play` */
export async function startPipeline(engine: EngineChoice = 'auto'): Promise<Pipeline> {
  const emitted: PartnerEventEnvelope[] = [];
  const partner = new SimulatedPartner({
    random: seededRandom(1),
    nowMs: Date.now,
    accountId: '111122223333',
    emit: (event) => emitted.push(event),
  });
  const simulator = await startSimulator({ partner, quota: localQuota });
  const problems: string[] = [];
  const lines = new FunctionLogs((line) => problems.push(line));
  const local = await startLocalStage({ engine, folder }, simulator.url, lines);
  const { receiver } = local;
  let put = 0;
  let received = 0;
  return {
    partner,
    play: async () => {
      const events = emitted.splice(0);
      await Promise.all(events.map((event) => local.stage.bus.put(event)));
      await local.waitUntilSettled();
      put += events.length;
      problems.push(...receiver.refused);
      if (problems.length > 0) throw new Error(`the stage did not do well: ${problems.join('; ')}`);
      // What the receiver keeps for checks would grow with the run.
      received += receiver.receipts.splice(0).length;
    },
    reads: () => simulator.reads('GetOpportunity') + simulator.reads('GetAwsOpportunitySummary'),
    partnerCentralUrl: simulator.url,
    events: () => put,
    messages: () => received,
    memory: memoryByFunction,
    stop: async () => {
      await local.stop();
      await simulator.stop();
    },
  };
}

const told = v.object({ name: v.string(), threadId: v.number(), bytes: v.number() });

/** Longer than any worker takes to collect its garbage. */
const tellingMs = 2_000;

async function memoryByFunction(): Promise<ReadonlyMap<string, number>> {
  const answers: v.InferOutput<typeof told>[] = [];
  const channel = new BroadcastChannel('function-memory');
  const tell = channel.postMessage.bind(channel);
  channel.addEventListener('message', (event) => {
    const answer = v.safeParse(told, 'data' in event ? event.data : undefined);
    if (answer.success) answers.push(answer.output);
  });
  tell('asked');
  await sleep(tellingMs);
  channel.close();
  const byName = Map.groupBy(answers, ({ name }) => name);
  return new Map(
    [...byName].map(([name, workers]) => [
      name,
      workers.reduce((sum, { bytes }) => sum + bytes, 0) / workers.length,
    ]),
  );
}
