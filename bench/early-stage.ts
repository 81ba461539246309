import { setTimeout as sleep } from 'node:timers/promises';
import { FunctionLogs } from '../local/function-logs.ts';
import { startLocalStage } from '../local/local-stage.ts';
import { createPartner } from '../local/partner-central/create-partner.ts';
import type { SimulatedPartner } from '../local/partner-central/model/simulated-partner.ts';
import { startSimulator } from '../local/partner-central/simulator-server.ts';
import { synthesize } from '../local/synthesize.ts';
import { awsQuota, deployedSettings } from './deployed-settings.ts';

/** Longer than any message takes, also on a busy machine. */
const lostAfterMs = 60_000;

/** The local stage at the speed of a deployment: one second lasts one second. */
export interface TrueSpeedStage {
  readonly partner: SimulatedPartner;
  /** Makes a change, and returns the milliseconds from its events to the 2xx of its message. */
  readonly timeChange: (change: () => void) => Promise<number>;
  /** Puts the events of changes on the bus and waits until all work is done. */
  readonly play: () => Promise<void>;
  /** Records of the received messages, such as `AWS/opportunity/O1234567`. */
  readonly receivedRecords: () => ReadonlySet<string>;
  /** Reads of opportunities and of their summaries. */
  readonly reads: () => number;
  /** Reads that Partner Central refused. */
  readonly throttled: () => number;
  readonly stop: () => Promise<void>;
}

/** @param earlyReadPercent see docs/settings.md */
export async function startTrueSpeedStage(earlyReadPercent: number): Promise<TrueSpeedStage> {
  const folder = `cdk.out/bench-early-${earlyReadPercent}`;
  await synthesize({ folder, settings: { ...deployedSettings, earlyReadPercent } });
  const { partner, emitted } = createPartner();
  const simulator = await startSimulator({ partner, quota: awsQuota });
  const problems: string[] = [];
  const logs = new FunctionLogs((line) => problems.push(line));
  const options = { engine: 'auto', folder, timeScale: 1 } as const;
  const local = await startLocalStage(options, simulator.url, logs);
  const { receipts, refused } = local.receiver;
  const put = async () => {
    await Promise.all(emitted.splice(0).map((event) => local.stage.bus.put(event)));
  };
  return {
    partner,
    timeChange: async (change) => {
      const known = receipts.length;
      change();
      const startedAtMs = performance.now();
      await put();
      while (receipts.length === known) {
        if (performance.now() - startedAtMs > lostAfterMs)
          throw new Error(`no message came: ${[...problems, ...refused].join('; ')}`);
        await sleep(5);
      }
      return performance.now() - startedAtMs;
    },
    play: async () => {
      await put();
      await local.waitUntilDrained();
      if (problems.length + refused.length > 0)
        throw new Error(`the stage reported errors: ${[...problems, ...refused].join('; ')}`);
    },
    receivedRecords: () => new Set(receipts.map(({ path }) => path)),
    reads: () => simulator.reads('GetOpportunity') + simulator.reads('GetAwsOpportunitySummary'),
    throttled: () => simulator.throttled(),
    stop: async () => {
      await local.stop();
      await simulator.stop();
    },
  };
}
