import { setTimeout as sleep } from 'node:timers/promises';
import type { ErrorCode } from '../../lambdas/core/service-error.ts';
import { deliverId } from '../function-ids.ts';
import type { PartnerEventEnvelope } from '../partner-central/model/partner-events.ts';
import { SimulatedPartner } from '../partner-central/model/simulated-partner.ts';
import { between, pick, type Random, seededRandom } from '../partner-central/seeded-random.ts';
import { type Fault, type Simulator, startSimulator } from '../partner-central/simulator-server.ts';
import { throttleForms } from '../partner-central/wire/wire-error.ts';
import { Canaries } from './canaries.ts';
import { ChaosClients } from './chaos-clients.ts';
import { ChaosReceiver, type Subscription } from './chaos-receiver.ts';
import {
  type ChaosStage,
  grantedReadsPerSecond,
  grantedWritesPerSecond,
  skewSeconds,
  startChaosStage,
  timeScale,
} from './chaos-stage.ts';
import { createControls } from './controls.ts';
import { EventCarrier } from './event-carrier.ts';
import { FullPasses } from './full-passes.ts';
import { History } from './history.ts';
import { Leads } from './leads.ts';
import { startNameServer } from './name-server.ts';
import { Nemesis, neverDownId } from './nemesis.ts';
import { harmedOpportunities } from './nemesis-generator.ts';
import { randomBehavior } from './random-behavior.ts';
import { RecordFaults } from './record-faults.ts';
import { Recorder } from './recorder.ts';
import { Reviews } from './reviews.ts';
import { RowFaults } from './row-faults.ts';
import { RowReports } from './row-reports.ts';
import { SendingLog } from './sending-log.ts';
import { StreamFaults } from './stream-faults.ts';
import { TruthLog } from './truth-log.ts';
import { WorkloadGenerator } from './workload-generator.ts';

export interface ChaosProps {
  readonly seed: number;
  /** Folder with the synthesized template and the bundles. */
  readonly template: string;
  /**
   * Folder with other bundles, each in a folder named as in its contract.
   * @default those of the template
   */
  readonly bundles?: string | undefined;
}

/** All parts of one seed: the stage, what surrounds it, and what records and harms it. */
export interface World {
  readonly chaos: ChaosStage;
  readonly simulator: Simulator;
  readonly partner: SimulatedPartner;
  readonly workload: WorkloadGenerator;
  readonly clients: ChaosClients;
  readonly reviews: Reviews;
  readonly carrier: EventCarrier;
  readonly nemesis: Nemesis;
  readonly receivers: readonly ChaosReceiver[];
  readonly passes: FullPasses;
  readonly history: History;
  readonly truth: TruthLog;
  readonly canaries: Canaries;
  /** Events that cannot be used, by id, with the code under which they must be parked. */
  readonly unusable: ReadonlyMap<string, ErrorCode>;
  /** A counter that grows while the stage makes progress. */
  readonly progress: () => number;
  readonly recorder: Recorder;
  readonly recordFaults: RecordFaults;
  readonly rowFaults: RowFaults;
  readonly rowReports: RowReports;
  readonly sending: SendingLog;
  /** Random numbers for the plan of the storm. */
  readonly plans: Random;
  readonly stop: () => Promise<void>;
}

const subscriptions: readonly Subscription[] = [
  { id: 'ep_all', topics: ['*'], catalogs: [], isNamed: true },
  { id: neverDownId, topics: ['opportunity.*'], catalogs: [], isNeverDown: true },
  // Wants neither the first version of an opportunity nor versions that only add a link.
  {
    id: 'ep_flaky',
    topics: ['opportunity.updated', 'aws_opportunity_summary.*', 'engagement_invitation.*', 'engagement.*'],
    catalogs: ['Sandbox'],
    ordering: 'per-record',
  },
  { id: 'ep_gone', topics: ['engagement_invitation.*', 'engagement.*'], catalogs: ['AWS'] },
  { id: 'ep_commands', topics: ['command.*'], catalogs: [] },
  // The clients' own.
  { id: 'ep_crm', topics: ['*', 'command.*'], catalogs: [], client: 'crm', echo: 'mark' },
  {
    id: 'ep_erp',
    topics: ['*', 'command.*'],
    catalogs: [],
    client: 'erp',
    echo: 'omit',
    ordering: 'per-record',
  },
];
/** How late a delayed write arrives. After this time `act` knows that none arrives any more. */
const lateWriteMs = 1_500;

function isWrite(operation: string): boolean {
  return !/^(?:Get|List)/.test(operation);
}

const writeFaults = ['answer-lost', 'internal-after', 'internal', 'late', 'throttle'] as const;

function writeFault(random: Random, isStorm: boolean): Fault | undefined {
  return isStorm && random() < 0.3 ? pick(random, writeFaults) : undefined;
}

const skewMs = skewSeconds * 1_000 * timeScale;

/** Each concern has its own random numbers, so that one does not change the choices of another. */
const concerns = [
  'plans',
  'canaries',
  'carrier',
  'calls',
  'posts',
  'stream',
  'partner',
  'work',
  'clocks',
  'queues',
  'answers',
] as const;
type RandomByConcern = (concern: (typeof concerns)[number]) => Random;

function randomByConcern(seed: number): RandomByConcern {
  const generators = new Map(
    concerns.map((name, index) => [name, seededRandom(seed * concerns.length + index)]),
  );
  return (concern) => generators.get(concern) ?? seededRandom(seed);
}

/** Parts that other parts refer to before they are started. */
interface Started {
  chaos?: ChaosStage;
  simulator?: Simulator;
}

type WorldParts = Omit<World, 'chaos' | 'simulator' | 'stop'> & { readonly stream: StreamFaults };

export async function startWorld({ seed, template, bundles }: ChaosProps, stormMs: number): Promise<World> {
  const randomOf = randomByConcern(seed);
  const started: Started = {};
  const world = createParts(randomOf, stormMs, started);
  const { partner, nemesis, receivers, recorder, passes, stream, sending, rowReports } = world;
  const simulator = await startSimulator({
    partner,
    quota: { perSecond: grantedReadsPerSecond, perDay: 100_000 },
    writeQuota: { perSecond: grantedWritesPerSecond, perDay: 10_000 },
    lateMs: lateWriteMs,
    random: randomOf('answers'),
  });
  started.simulator = simulator;
  simulator.throttleAs(throttleForms);
  const writes = seededRandom(seed);
  partner.writes.behavior = randomBehavior(writes, timeScale);
  simulator.injectFaults((operation) =>
    isWrite(operation) ? writeFault(writes, nemesis.isOn()) : nemesis.partnerCentralFaultOf(),
  );
  const nameServer = await startNameServer(nemesis.nameAnswer);
  const chaos = await startChaosStage({
    template,
    bundles,
    partnerCentralUrl: simulator.url,
    receivers,
    proxyHooks: {
      faultOf: nemesis.faultOf,
      end: nemesis.end,
      onCall: (call, fault, answer) => {
        if (fault) rowReports.onFault(call.functionId);
        recorder.onCall(call, fault, answer);
      },
    },
    queueFaults: { random: randomOf('queues'), isOn: nemesis.isOn, onDuplicate: nemesis.onDuplicate },
    skewMs: () => between(randomOf('clocks'), -skewMs, skewMs),
    onLine: (functionId, line) => {
      recorder.onLogLine(functionId, line);
      passes.onLogLine(line);
      sending.onLogLine(line);
      rowReports.onLogLine(line);
    },
    isStreamTrimmed: nemesis.trimBatch,
    nameServer: nameServer.address,
    onStreamBatch: stream.keepBatch,
  });
  started.chaos = chaos;
  const stop = async (): Promise<void> => {
    await chaos.stop();
    nameServer.stop();
    await Promise.all([...receivers.map((receiver) => receiver.stop()), simulator.stop()]);
  };
  return { ...world, chaos, simulator, stop };
}

/** Creates every part except the simulator and the stage. */
function createParts(randomOf: RandomByConcern, stormMs: number, started: Started): WorldParts {
  const nowMs = (): number => Date.now() + (started.chaos?.advancedMs() ?? 0);
  const history = new History(nowMs);
  const canaries = new Canaries(randomOf('canaries'), true);
  const truth = new TruthLog(nowMs, (path, number) =>
    history.note([path], `Partner Central holds state ${number}`),
  );
  const recorder = new Recorder({
    history,
    canaries,
    truth,
    queues: () => started.chaos?.stage.queues.all() ?? [],
    chaoticQueues: () => started.chaos?.queues ?? new Map(),
    onAnswerDelayed: (path) => partnerParts.workload.onAnswerDelayed(path),
    onStored: (path, readAtMs) => partnerParts.workload.onStored(path, readAtMs),
  });
  const stream = new StreamFaults(randomOf('stream'));
  const carrier: EventCarrier = new EventCarrier({
    random: randomOf('carrier'),
    put: (event) => stageOf(started).stage.bus.put(event),
    note: (paths, text) => history.note(paths, text),
    onDuplicate: () => nemesis.onDuplicate(),
  });
  const sending = new SendingLog(nowMs);
  const recordFaults = new RecordFaults({ chaos: () => stageOf(started), nowMs, history });
  const rowReports = new RowReports();
  const rowFaults = new RowFaults({
    chaos: () => stageOf(started),
    nowMs,
    history,
    isSpared: ({ pk, sk }) => sk === 'ep_gone' || isHarmed(pk, partnerParts.workload),
    isReported: (name) => rowReports.reports.some(({ cause }) => cause === name),
  });
  const controls = createControls({
    chaos: () => stageOf(started),
    simulator: () => started.simulator,
    receivers: () => receivers,
    stream,
    carrier,
    history,
    sending,
    rowReports,
    canaries,
    recordFaults,
    rowFaults,
    opportunity: (number) => partnerParts.workload.opportunityKey(number),
    changeOpportunity: (id) => partnerParts.workload.changeOpportunity(id),
  });
  const nemesis = new Nemesis({ calls: randomOf('calls'), posts: randomOf('posts') }, stormMs, controls);
  const receivers: readonly ChaosReceiver[] = subscriptions.map((subscription) => {
    const receiver = new ChaosReceiver(subscription, {
      receiverFaultOf: nemesis.receiverFaultOf,
      isIdleReset: nemesis.isIdleReset,
      waitSeconds: nemesis.waitSeconds,
      delayMs: nemesis.answerDelayMs,
      endSender: () => nemesis.end(deliverId),
      onPost: recorder.onPost,
      nowMs,
    });
    canaries.guard(receiver.secret);
    return receiver;
  });
  const unusable = new Map<string, ErrorCode>();
  const partnerParts: Pick<World, 'partner' | 'workload'> = createWorkload(randomOf, {
    nowMs,
    carrier,
    canaries,
    truth,
    unusable,
  });
  const reviews = new Reviews({
    partner: partnerParts.partner,
    random: randomOf('answers'),
    onChange: () => truth.observe(partnerParts.partner.truth()),
    note: (id, status) => history.note([id], `AWS moves the review to ${status}`),
  });
  const leads = new Leads({
    partner: partnerParts.partner,
    random: randomOf('answers'),
    canaries,
    onChange: () => truth.observe(partnerParts.partner.truth()),
    note: (path, what) => history.note([path], `people ${what}`),
  });
  const clients = new ChaosClients({
    random: randomOf('plans'),
    partner: partnerParts.partner,
    reviews,
    leads,
    plant: () => canaries.plant(),
    nowMs,
    apiUrl: () => stageOf(started).stage.httpApis.get('Commands/Api/Api').url,
    doorUrl: () => stageOf(started).stage.httpApis.get('Commands/Door/Api/Api').url,
    isTarget: (path) => !isHarmed(path, partnerParts.workload),
    note: (paths, text) => history.note(paths, text),
    lifeMs: [lateWriteMs, 300_000 * timeScale],
  });
  return {
    ...partnerParts,
    clients,
    reviews,
    recorder,
    recordFaults,
    rowFaults,
    rowReports,
    sending,
    stream,
    carrier,
    nemesis,
    receivers,
    history,
    truth,
    canaries,
    unusable,
    passes: new FullPasses(),
    progress: () => recorder.progress,
    plans: randomOf('plans'),
  };
}

/** Creates the simulated partner and the workload that drives it. */
function createWorkload(
  randomOf: RandomByConcern,
  parts: Pick<World, 'carrier' | 'canaries' | 'truth'> & {
    readonly nowMs: () => number;
    readonly unusable: Map<string, ErrorCode>;
  },
): Pick<World, 'partner' | 'workload'> {
  const { nowMs, carrier, canaries, truth, unusable } = parts;
  let lastEvent: PartnerEventEnvelope | undefined;
  const partner: SimulatedPartner = new SimulatedPartner({
    random: randomOf('partner'),
    nowMs,
    accountId: '111122223333',
    emit: (event) => {
      // Also what requests of the API change.
      truth.observe(partner.truth());
      lastEvent = event;
      carrier.carry(event);
    },
  });
  const workload = new WorkloadGenerator({
    partner,
    random: randomOf('work'),
    nowMs,
    canaries,
    onChange: () => truth.observe(partner.truth()),
    lastEvent: () => lastEvent,
    waitUntil: realTimer(),
    emitUnusable: (event, code) => {
      unusable.set(event.id, code);
      carrier.carry(event);
    },
  });
  return { partner, workload };
}

/** Waits in real time, counted from the first wait. */
function realTimer(): (ms: number) => Promise<void> {
  let startedAtMs: number | undefined;
  return (ms) => {
    startedAtMs ??= performance.now();
    return sleep(Math.max(0, startedAtMs + ms - performance.now()));
  };
}

/** Whether a path is of an opportunity that is erased or restored, or of its summary. */
function isHarmed(path: string, workload: WorkloadGenerator): boolean {
  return harmedOpportunities.some((number) => {
    const id = workload.opportunityKey(number)?.id;
    return id !== undefined && path.endsWith(`/${id}`);
  });
}

/** @throws Error if the stage has not started yet */
function stageOf({ chaos }: Started): ChaosStage {
  if (chaos === undefined) throw new Error('The stage is not started.');
  return chaos;
}
