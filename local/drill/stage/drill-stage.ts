import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { commandActions } from '../../../lambdas/core/command.ts';
import { localQuota } from '../../deployment.ts';
import { ExportModel } from '../../host/exports/export-model.ts';
import { startExportService } from '../../host/exports/export-service.ts';
import { clientSettings } from '../../host/local-account.ts';
import type { QueueAccess } from '../../host/queues/queue-access.ts';
import { type Stage, startStage } from '../../host/stage.ts';
import { createResolver, type Identity } from '../../host/template/intrinsics.ts';
import { readTemplate } from '../../host/template/template.ts';
import { isUnpolled } from '../../observation.ts';
import type { PartnerEventEnvelope } from '../../partner-central/model/partner-events.ts';
import { SimulatedPartner } from '../../partner-central/model/simulated-partner.ts';
import { seededRandom } from '../../partner-central/seeded-random.ts';
import { type Simulator, startSimulator } from '../../partner-central/simulator-server.ts';
import { accessStage, registerEndpoint, type StageAccess } from '../../stage-access.ts';
import { readAlarms } from '../alarms/alarm.ts';
import { AlarmBoard } from '../alarms/alarm-board.ts';
import { MetricData } from '../alarms/metric-data.ts';
import { DrillClock } from './drill-clock.ts';
import { DrillReceiver } from './drill-receiver.ts';
import { ManualSchedules } from './manual-schedules.ts';
import { type PcrResult, runPcr } from './run-pcr.ts';
import { StageMetrics } from './stage-metrics.ts';

/** The settings of the deployment that differ from their defaults. */
export const drillSettings = {
  catalogs: 'AWS',
  // The least that is allowed: a quota that a drill can use up, and a silence that it can wait for.
  readsPerDay: 1_000,
  silenceDays: 1,
  commands: commandActions.join(),
  writesPerSecond: 1_000,
  writesPerDay: 100,
  exportHours: 1,
} as const;

const exportFunction = 'RecordExport/Export/Function';

/** The endpoint of the receiver. */
export const endpointId = 'ep_drill';

/**
 * Delays that functions request of SQS pass in real time, so they are scaled down. Delays by due
 * times are not: the clock jumps over them.
 */
const scaledFunctions = /^Hydration|Deliver|FanOut|Quarantine|Act/;
const timeScale = 0.02;

/** How long work may take within a minute before the minute is over. */
const settleMs = 3_000;
/** For how long all queues must be empty before a minute is over. A stream is read faster. */
const quietMs = 200;

/** A wait longer than this is played in steps of five minutes: the schedules run less often. */
const longWaitMinutes = 30;

export interface DrillStage extends StageAccess {
  readonly stage: Stage;
  readonly partner: SimulatedPartner;
  readonly simulator: Simulator;
  readonly receiver: DrillReceiver;
  /** Exports of the Records table, which the embedded engine lacks. */
  readonly exports: ExportModel;
  readonly secrets: SecretsManagerClient;
  readonly clock: DrillClock;
  readonly schedules: ManualSchedules;
  readonly board: AlarmBoard;
  /** Puts the events of the partner's changes on the bus. */
  readonly carry: () => Promise<void>;
  /** Forgets the events of the partner's changes, as AWS sometimes does. @returns them */
  readonly forget: () => readonly PartnerEventEnvelope[];
  /** Makes a queue refuse what EventBridge sends, until it is called with false. */
  readonly refuseSends: (queueId: string, refuses: boolean) => void;
  /** Disables the event source mappings of a queue or a table. */
  readonly pause: (sourceId: string) => Promise<void>;
  readonly resume: (sourceId: string) => void;
  /**
   * Plays minutes: schedules fire, work is done, queues are measured, and alarms are evaluated at
   * the end of each step. Ends early if `until` returns true. @returns the last answer of `until`
   */
  readonly play: (minutes: number, until?: () => boolean) => Promise<boolean>;
  readonly pcr: (args: readonly string[]) => Promise<PcrResult>;
  readonly stop: () => Promise<void>;
}

/**
 * Starts the deployed parts on embedded engines, with the alarms of their template.
 * @param folder with the synthesized stack
 */
export async function startDrillStage(folder: string): Promise<DrillStage> {
  const clock = new DrillClock();
  const emitted: PartnerEventEnvelope[] = [];
  const partner = new SimulatedPartner({
    random: seededRandom(1),
    nowMs: () => clock.nowMs(),
    accountId: '111122223333',
    emit: (event) => emitted.push(event),
  });
  const simulator = await startSimulator({
    partner,
    quota: { ...localQuota, perDay: Number.MAX_SAFE_INTEGER },
    nowMs: () => clock.nowMs(),
  });
  const data = new MetricData();
  const metrics = new StageMetrics(data, clock);
  const schedules = new ManualSchedules();
  const refusing = new Set<string>();
  const names = new Map<string, string>();
  const exports = new ExportModel(() => clock.nowMs());
  const exportService = await startExportService(exports, () => stage.endpoints.AWS_ENDPOINT_URL_DYNAMODB);
  const stage = await startStage({
    template: folder,
    timeScale,
    env: {},
    partnerCentralUrl: simulator.url,
    functionEnvironment: (functionId) => ({
      TIME_SCALE: String(scaledFunctions.test(functionId) ? timeScale : 1),
      WEBHOOK_NETWORK: 'loopback',
      ...(functionId === exportFunction && { AWS_ENDPOINT_URL_DYNAMODB: exportService.url }),
    }),
    workerClock: () => ({ skewMs: 0, passedMs: clock.passedMs }),
    queueAccess: (queueId, access) => orRefusing(access, () => refusing.has(queueId)),
    startSchedule: schedules.start,
    onTarget: metrics.onTarget,
    onLine: metrics.onLine,
    onInvoke: (functionId, event, result) =>
      metrics.onInvoke(names.get(functionId) ?? functionId, event, result),
  });
  for (const { id, name } of stage.functions.all()) names.set(id, name);
  const board = new AlarmBoard(readStageAlarms(folder, stage), data);
  const receiver = new DrillReceiver();
  const secret = `whsec_${randomBytes(32).toString('base64')}`;
  await registerEndpoint(
    stage,
    { url: await receiver.start(), secret },
    { id: endpointId, topics: ['*'], catalogs: [] },
  );

  const queueNames = () => stage.queues.all().map(({ resource, name }) => [resource.id, name] as const);
  const paused = new Set<string>();
  const settle = createSettle(stage, paused);
  async function playStep(minutes: number): Promise<void> {
    const endMs = clock.nextMinuteMs() + (minutes - 1) * 60_000;
    await schedules.fire();
    await settle();
    metrics.measureQueues({ ...stage, queueNames }, (queueId) => !isUnpolled(queueId));
    clock.advanceTo(endMs);
    board.evaluate(endMs);
  }
  return {
    stage,
    ...accessStage(stage),
    partner,
    simulator,
    receiver,
    exports,
    secrets: new SecretsManagerClient(clientSettings(stage.endpoints.AWS_ENDPOINT_URL_SECRETS_MANAGER)),
    clock,
    schedules,
    board,
    carry: async () => {
      await Promise.all(emitted.splice(0).map((event) => stage.bus.put(event)));
    },
    forget: () => emitted.splice(0),
    refuseSends: (queueId, refuses) => {
      if (refuses) refusing.add(stage.queues.get(queueId).resource.id);
      else refusing.delete(stage.queues.get(queueId).resource.id);
    },
    pause: async (sourceId) => {
      paused.add(sourceId);
      await stage.pause(sourceId);
    },
    resume: (sourceId) => {
      paused.delete(sourceId);
      stage.resume(sourceId);
    },
    play: async (minutes, until = () => false) => {
      const step = minutes > longWaitMinutes ? 5 : 1;
      for (let played = 0; played < minutes; played += step) {
        await playStep(step);
        if (until()) return true;
      }
      return false;
    },
    pcr: (args) => runPcr(args, { ...stage.endpoints, ...stage.controlPlane }, clock),
    stop: async () => {
      await receiver.stop();
      await stage.stop();
      await exportService.stop();
      await simulator.stop();
    },
  };
}

/**
 * Creates a wait for the work of a minute. A delayed message is work of a later minute: its delay
 * passes in real time.
 */
function createSettle(stage: Stage, paused: ReadonlySet<string>): () => Promise<void> {
  // One wait at a time: while a message is delayed, it lasts for minutes.
  let idle: Promise<true> | undefined;
  const waitUntilIdle = async (): Promise<true> => {
    await stage.idle();
    idle = undefined;
    return true;
  };
  return async () => {
    const deadlineMs = performance.now() + settleMs;
    let busyAtMs = performance.now();
    idle ??= waitUntilIdle();
    const isIdle = idle;
    while (performance.now() < Math.min(deadlineMs, busyAtMs + quietMs)) {
      if (await Promise.race([isIdle, sleep(20, false)])) return;
      if (isBusy(stage, paused)) busyAtMs = performance.now();
    }
  };
}

function isBusy({ queues, measureQueue }: Stage, paused: ReadonlySet<string>): boolean {
  return queues.all().some(({ resource: { id } }) => {
    const { visible, inFlight } = measureQueue(id);
    return !isUnpolled(id) && !paused.has(id) && visible + inFlight > 0;
  });
}

/** The alarms of the template with the names that the stage gave to its resources. */
function readStageAlarms(folder: string, { queues }: Stage): ReturnType<typeof readAlarms> {
  const template = readTemplate(folder);
  const identities = queues
    .all()
    .map(({ resource, url, arn, name }): [string, Identity] => [
      resource.logicalId,
      { ref: url, attributes: { Arn: arn, QueueName: name, QueueUrl: url } },
    ]);
  return readAlarms(template, createResolver(template, new Map(identities)));
}

/** A queue whose policy can be changed so that it accepts no message of EventBridge. */
function orRefusing(access: QueueAccess, refuses: () => boolean): QueueAccess {
  return {
    ...access,
    send: async (message) => {
      if (!refuses()) return await access.send(message);
      const error = new Error('User events.amazonaws.com is not authorized to perform: sqs:SendMessage');
      error.name = 'AccessDenied';
      throw error;
    },
  };
}
