import { randomBytes } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { stageFolder } from './deployment.ts';
import type { FunctionLogs } from './function-logs.ts';
import { startQuietSchedule } from './host/eventbridge/scheduler.ts';
import { type Stage, startStage } from './host/stage.ts';
import { findLatestDue, findUnfinishedWork } from './observation.ts';
import type { Options } from './options.ts';
import { Receiver } from './receiver.ts';
import { accessStage, registerEndpoint, type StageAccess } from './stage-access.ts';

/** Schedules, retry delays and back-off run fifty times faster than in a deployment. */
export const timeScale = 0.02;

/**
 * Workers of each function. Three functions work at once on a version, so that two cores are busy
 * with one worker of each. Each worker warms up its own code.
 */
const workersPerFunction = Math.max(1, Math.floor(availableParallelism() / 2));

/** How long a busy stage holds back its schedules: as long as their interval on AWS. */
const longestHoldMs = 60_000;

interface StageOptions extends Pick<Options, 'engine'> {
  readonly folder?: string;
  /** Factor on every delay. */
  readonly timeScale?: number;
}

/** The deployed parts on embedded engines, with a receiver that is registered as an endpoint. */
export interface LocalStage extends StageAccess {
  readonly stage: Stage;
  readonly receiver: Receiver;
  /** Resolves when no queue, stream or row holds work, or if due work makes no progress. */
  readonly waitUntilDrained: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

/**
 * Starts the deployed parts on embedded engines and registers the receiver as an endpoint.
 * @param options `folder`: the folder with the synthesized stack. @default those of `npm start`
 * @param environment added to the environment of every function. @default as in the template
 */
export async function startLocalStage(
  { engine, folder = stageFolder, timeScale: scale = timeScale }: StageOptions,
  partnerCentralUrl: string,
  logs: FunctionLogs,
  environment: Readonly<Record<string, string>> = {},
): Promise<LocalStage> {
  const stage: Stage = await startStage({
    template: folder,
    engine,
    timeScale: scale,
    concurrency: workersPerFunction,
    env: process.env,
    partnerCentralUrl,
    functionEnvironment: () => ({
      TIME_SCALE: String(scale),
      WEBHOOK_NETWORK: 'loopback',
      ...environment,
    }),
    startSchedule: startQuietSchedule(() => stage.isWorking(), longestHoldMs),
    onLine: (functionId, line) => logs.add(functionId, line),
  });
  const access = accessStage(stage);
  const secret = `whsec_${randomBytes(32).toString('base64')}`;
  const receiver = new Receiver(secret);
  await registerEndpoint(stage, { url: await receiver.start(), secret });
  return {
    stage,
    receiver,
    ...access,
    waitUntilDrained: createWait(stage, receiver, logs, access),
    stop: async () => {
      await receiver.stop();
      await stage.stop();
    },
  };
}

/** Longer than any work here takes, also on a busy machine. */
const stuckMs = 90_000;
/**
 * A due time may lie this far ahead: a worker that was too slow leaves its lease behind. A delivery
 * that failed four times waits longer.
 */
const longestDelayMs = 150_000;

/** A stuck stage does not recover: every later wait returns at once. */
function createWait(
  stage: Stage,
  receiver: Receiver,
  logs: FunctionLogs,
  access: StageAccess,
): () => Promise<void> {
  let stuck = false;
  return async () => {
    let idle: Promise<boolean> | undefined;
    let seenProgress = '';
    let sinceMs = performance.now();
    let deadlineMs = sinceMs + stuckMs;
    while (!stuck) {
      idle ??= stage.idle().then(() => true);
      if (await Promise.race([idle, sleep(500, false)])) {
        idle = undefined;
        if ((await findUnfinishedWork(access.dynamodb, access.tables)).length === 0) return;
        const delayMs = (await findLatestDue(access.dynamodb, access.tables)) - Date.now();
        const dueMs = Math.min(performance.now() + delayMs, sinceMs + longestDelayMs);
        deadlineMs = Math.max(deadlineMs, dueMs + stuckMs);
        await sleep(50);
      }
      if (logs.progress() !== seenProgress) {
        seenProgress = logs.progress();
        sinceMs = performance.now();
        deadlineMs = sinceMs + stuckMs;
      }
      stuck = performance.now() > deadlineMs || receiver.refused.length > 0;
    }
  };
}
