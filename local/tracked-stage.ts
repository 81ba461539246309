import { randomBytes } from 'node:crypto';
import { textAt } from '../lambdas/core/json.ts';
import { recordPath } from '../lambdas/core/record.ts';
import { ChangeTracker } from './change-tracker.ts';
import { type CallFault, FaultProxy, type ProxiedCall } from './chaos/fault-proxy.ts';
import { type Stage, type StageOptions, startStage } from './host/stage.ts';
import { readTemplate } from './host/template/template.ts';
import { createPartner } from './partner-central/create-partner.ts';
import { writePlainDeal } from './partner-central/model/deal-texts.ts';
import type { SimulatedPartner } from './partner-central/model/simulated-partner.ts';
import { seededRandom } from './partner-central/seeded-random.ts';
import { type Simulator, startSimulator } from './partner-central/simulator-server.ts';
import type { CallQuotaLimits } from './partner-central/wire/call-quota.ts';
import { Receiver } from './receiver.ts';
import { accessStage, registerEndpoint, type StageAccess } from './stage-access.ts';
import { waitUntilFinished } from './wait-until-finished.ts';

export interface TrackedStageOptions
  extends Pick<StageOptions, 'engine' | 'onInvoke' | 'onLine' | 'keptLogLines'> {
  /** Folder with the synthesized stack. */
  readonly folder: string;
  readonly timeScale: number;
  /** What the simulator grants and the functions may use. */
  readonly quota: CallQuotaLimits;
  readonly seed: number;
  /** Decides what happens to a call of a function. @default functions call without a proxy */
  readonly faultOf?: (call: ProxiedCall) => CallFault | undefined;
}

/** The deployed parts with one receiver. It follows each change from its event to its message. */
export interface TrackedStage extends StageAccess {
  readonly stage: Stage;
  readonly partner: SimulatedPartner;
  readonly simulator: Simulator;
  readonly receiver: Receiver;
  readonly tracker: ChangeTracker;
  /** Creates opportunities and puts their events. @returns their ids */
  readonly createOpportunities: (count: number, isSubmitted: boolean) => Promise<readonly string[]>;
  /** Changes the title of an opportunity and puts the event. */
  readonly changeOpportunity: (id: string) => Promise<void>;
  /**
   * Resolves when no queue, stream or row holds work, or when the time is up.
   * @returns the work that is left
   */
  readonly waitUntilFinished: (timeoutMs: number) => Promise<readonly string[]>;
  /**
   * Ends the connections that wait for a next request. Their number depends on the largest number
   * of calls at once, however long ago. No work may be left.
   */
  readonly closeIdle: () => void;
  readonly stop: () => Promise<void>;
}

const catalog = 'AWS';

export async function startTrackedStage(options: TrackedStageOptions): Promise<TrackedStage> {
  const { quota, seed } = options;
  const { partner, emitted } = createPartner(seededRandom(seed), writePlainDeal);
  const simulator = await startSimulator({ partner, quota });
  const proxies = await startProxies(options);
  const stage = await startTrackedParts(options, simulator.url, proxies);
  const access = accessStage(stage);
  const secret = `whsec_${randomBytes(32).toString('base64')}`;
  const receiver = new Receiver(secret);
  await registerEndpoint(stage, { url: await receiver.start(), secret });
  const tracker = new ChangeTracker();
  receiver.onReceipt = (receipt) => {
    tracker.addReceipt(receipt, Date.now());
    // Receipts hold whole records and would grow with the run.
    receiver.receipts.length = 0;
  };
  const put = async (): Promise<void> => {
    await Promise.all(emitted.splice(0).map((event) => stage.bus.put(event)));
  };
  let changes = 0;
  return {
    ...access,
    stage,
    partner,
    simulator,
    receiver,
    tracker,
    createOpportunities: async (count, isSubmitted) => {
      const ids = Array.from({ length: count }, () => partner.createOpportunity(catalog));
      if (isSubmitted) for (const id of ids) partner.submitOpportunity(id);
      await put();
      return ids;
    },
    changeOpportunity: async (id) => {
      changes += 1;
      partner.updateOpportunity(id, { patch: { Project: { Title: `Title ${changes}` } } });
      const body = partner.view().find(catalog, 'opportunity', id)?.body;
      const path = recordPath({ catalog, kind: 'opportunity', id });
      tracker.addChange(path, textAt(body, 'LastModifiedDate') ?? '', Date.now());
      await put();
    },
    waitUntilFinished: async (timeoutMs) => await waitUntilFinished(stage, access, timeoutMs),
    closeIdle: () => {
      receiver.closeIdle();
      for (const proxy of proxies.values()) proxy.closeIdle();
    },
    stop: async () => {
      await receiver.stop();
      await stage.stop();
      await Promise.all([...proxies.values()].map((proxy) => proxy.stop()));
      await simulator.stop();
    },
  };
}

type Proxies = ReadonlyMap<string, FaultProxy>;

/** The stage ends workers for the proxies, and the proxies are part of the stage's environment. */
async function startProxies({ folder, faultOf }: TrackedStageOptions): Promise<Proxies> {
  if (!faultOf) return new Map();
  const hooks = { faultOf, end: () => undefined, onCall: () => undefined };
  const functions = [...readTemplate(folder).resources.values()].filter(
    ({ type }) => type === 'AWS::Lambda::Function',
  );
  const proxies = new Map(functions.map(({ id }) => [id, new FaultProxy(id, hooks)]));
  await Promise.all([...proxies.values()].map((proxy) => proxy.start()));
  return proxies;
}

async function startTrackedParts(
  { folder, quota, timeScale, engine, onInvoke, onLine, keptLogLines }: TrackedStageOptions,
  partnerCentralUrl: string,
  proxies: Proxies,
): Promise<Stage> {
  return await startStage({
    template: folder,
    ...(engine && { engine }),
    ...(onInvoke && { onInvoke }),
    onLine,
    keptLogLines,
    timeScale,
    concurrency: 2,
    env: {},
    partnerCentralUrl,
    functionEnvironment: (id, given) => ({
      ...proxies.get(id)?.environment(given),
      SETTLE_SECONDS: String(Number(given['SETTLE_SECONDS'] ?? 0) * timeScale),
      READS_PER_SECOND: String(quota.perSecond),
      READS_PER_DAY: String(quota.perDay),
      TIME_SCALE: String(timeScale),
      WEBHOOK_NETWORK: 'loopback',
    }),
  });
}
