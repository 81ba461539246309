import type { ErrorCode } from '../../lambdas/core/service-error.ts';
import type { PartnerEventEnvelope } from '../partner-central/model/partner-events.ts';
import { SimulatedPartner } from '../partner-central/model/simulated-partner.ts';
import { between, type Random, seededRandom } from '../partner-central/seeded-random.ts';
import { type Simulator, startSimulator } from '../partner-central/simulator-server.ts';
import { Canaries } from './canaries.ts';
import { ChaosReceiver, type Subscription } from './chaos-receiver.ts';
import {
  type ChaosStage,
  grantedReadsPerSecond,
  skewSeconds,
  startChaosStage,
  timeScale,
} from './chaos-stage.ts';
import { EventCarrier } from './event-carrier.ts';
import { FullPasses } from './full-passes.ts';
import { History } from './history.ts';
import { type Controls, Nemesis } from './nemesis.ts';
import { Recorder } from './recorder.ts';
import { StreamFaults } from './stream-faults.ts';
import { TruthLog } from './truth-log.ts';
import { WorkloadGenerator } from './workload-generator.ts';

/** Where a run takes its stage from. */
export interface ChaosProps {
  readonly seed: number;
  /** Folder with the synthesized template and the bundles. */
  readonly template: string;
  /** Folder with other bundles, each in a folder called like its contract. @default those of the template */
  readonly bundles?: string | undefined;
}

/** All that one seed plays with. */
export interface World {
  readonly chaos: ChaosStage;
  readonly simulator: Simulator;
  readonly partner: SimulatedPartner;
  readonly workload: WorkloadGenerator;
  readonly carrier: EventCarrier;
  readonly adversary: Nemesis;
  readonly receivers: readonly ChaosReceiver[];
  readonly passes: FullPasses;
  readonly history: History;
  readonly truth: TruthLog;
  readonly canaries: Canaries;
  /** Events that nothing can read, with the code under which they must be parked. */
  readonly strange: ReadonlyMap<string, ErrorCode>;
  /** Grows whenever something comes further. */
  readonly worksDone: () => number;
  /** For the plan of the storm. */
  readonly plans: Random;
  readonly stop: () => Promise<void>;
}

const subscriptions: readonly Subscription[] = [
  { id: 'ep_all', topics: ['*'], catalogs: [] },
  { id: 'ep_opportunities', topics: ['opportunity.*'], catalogs: [] },
  // Of an opportunity it does not want the first version, nor those that are only linked.
  {
    id: 'ep_flaky',
    topics: ['opportunity.updated', 'aws_opportunity_summary.*', 'engagement_invitation.*', 'engagement.*'],
    catalogs: ['Sandbox'],
    ordering: 'per-record',
  },
  { id: 'ep_gone', topics: ['engagement_invitation.*', 'engagement.*'], catalogs: ['AWS'] },
];
const deliverId = 'WebhookDelivery/Deliver/Function';
const skewMs = skewSeconds * 1_000 * timeScale;

/** Numbers of its own for each concern: what one of them consumes changes nothing for the others. */
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
type Numbers = (concern: (typeof concerns)[number]) => Random;

function numbersOf(seed: number): Numbers {
  const generators = new Map(
    concerns.map((name, index) => [name, seededRandom(seed * concerns.length + index)]),
  );
  return (concern) => generators.get(concern) ?? seededRandom(seed);
}

/** What is started after those that need it were made. */
interface Started {
  chaos?: ChaosStage;
  simulator?: Simulator;
}

type Invented = Omit<World, 'chaos' | 'simulator' | 'stop'> & {
  readonly witness: Recorder;
  readonly stream: StreamFaults;
};

export async function startWorld({ seed, template, bundles }: ChaosProps, stormMs: number): Promise<World> {
  const numbers = numbersOf(seed);
  const started: Started = {};
  const world = invent(numbers, stormMs, started);
  const { partner, adversary, receivers, witness, passes, stream } = world;
  const simulator = await startSimulator({
    partner,
    quota: { perSecond: grantedReadsPerSecond, perDay: 100_000 },
    random: numbers('answers'),
  });
  started.simulator = simulator;
  simulator.injectFaults(adversary.partnerCentralFaultOf);
  const chaos = await startChaosStage({
    template,
    bundles,
    partnerCentralUrl: simulator.url,
    receivers,
    proxyHooks: { faultOf: adversary.faultOf, end: adversary.end, onCall: witness.call },
    mischief: { random: numbers('queues'), isOn: adversary.isOn, onDoubled: adversary.onDoubled },
    skewMs: () => between(numbers('clocks'), -skewMs, skewMs),
    onLine: (functionId, line) => {
      witness.line(functionId, line);
      passes.line(line);
    },
    isStreamTrimmed: adversary.isStreamTrimmed,
    onStreamBatch: stream.keep,
  });
  started.chaos = chaos;
  const stop = async (): Promise<void> => {
    await chaos.stop();
    await Promise.all([...receivers.map((receiver) => receiver.stop()), simulator.stop()]);
  };
  return { ...world, chaos, simulator, stop };
}

/** Everything but what has to be started. */
function invent(numbers: Numbers, stormMs: number, started: Started): Invented {
  const nowMs = (): number => Date.now() + (started.chaos?.passedMs() ?? 0);
  const history = new History(nowMs);
  const canaries = new Canaries(numbers('canaries'));
  const truth = new TruthLog(nowMs, (path, number) =>
    history.note([path], `Partner Central holds state ${number}`),
  );
  const witness = new Recorder({
    history,
    canaries,
    truth,
    queues: () => started.chaos?.stage.queues.all() ?? [],
    chaotic: () => started.chaos?.queues ?? new Map(),
    onHeldBack: (path) => played.workload.wasHeldBack(path),
    onStored: (path, readAtMs) => played.workload.wasStored(path, readAtMs),
  });
  const stream = new StreamFaults(numbers('stream'));
  const carrier: EventCarrier = new EventCarrier({
    random: numbers('carrier'),
    put: (event) => stageOf(started).stage.bus.put(event),
    note: (paths, text) => history.note(paths, text),
    onDoubled: () => adversary.onDoubled(),
  });
  const hands = handsOf(started, stream, carrier, history);
  const adversary = new Nemesis({ calls: numbers('calls'), posts: numbers('posts') }, stormMs, hands);
  const receivers = subscriptions.map((subscription) => {
    const receiver = new ChaosReceiver(subscription, {
      misbehaviourOf: adversary.misbehaviourOf,
      delayMs: adversary.answerDelayMs,
      endSender: () => adversary.end(deliverId),
      onPost: witness.post,
      nowMs,
    });
    canaries.guard(receiver.secret);
    return receiver;
  });
  const strange = new Map<string, ErrorCode>();
  const played: Pick<World, 'partner' | 'workload'> = playedBy(numbers, {
    nowMs,
    carrier,
    canaries,
    truth,
    strange,
  });
  return {
    ...played,
    witness,
    stream,
    carrier,
    adversary,
    receivers,
    history,
    truth,
    canaries,
    strange,
    passes: new FullPasses(),
    worksDone: () => witness.worksDone,
    plans: numbers('plans'),
  };
}

/** The partner, and what it does. */
function playedBy(
  numbers: Numbers,
  parts: Pick<World, 'carrier' | 'canaries' | 'truth'> & {
    readonly nowMs: () => number;
    readonly strange: Map<string, ErrorCode>;
  },
): Pick<World, 'partner' | 'workload'> {
  const { nowMs, carrier, canaries, truth, strange } = parts;
  let lastEvent: PartnerEventEnvelope | undefined;
  const partner = new SimulatedPartner({
    random: numbers('partner'),
    nowMs,
    accountId: '111122223333',
    emit: (event) => {
      lastEvent = event;
      carrier.carry(event);
    },
  });
  const workload = new WorkloadGenerator({
    partner,
    random: numbers('work'),
    nowMs,
    canaries,
    changed: () => truth.observe(partner.truth()),
    lastEvent: () => lastEvent,
    putStrange: (event, code) => {
      strange.set(event.id, code);
      carrier.carry(event);
    },
  });
  return { partner, workload };
}

/** @throws Error where somebody reaches for the stage before it is up */
function stageOf({ chaos }: Started): ChaosStage {
  if (chaos === undefined) throw new Error('The stage is not started.');
  return chaos;
}

function handsOf(started: Started, stream: StreamFaults, carrier: EventCarrier, history: History): Controls {
  const functionOf = (id: string) => stageOf(started).stage.functions.get(id);
  return {
    endWorker: (id) => (functionOf(id).kill() === undefined ? 0 : 1),
    endBusyWorkers: (id) => functionOf(id).killBusy(),
    stallStream: (forMs) => stream.stall(stageOf(started).stage, forMs),
    rereadStream: () => stream.reread(stageOf(started).stage),
    purge: (queueId) => purge(stageOf(started), queueId, carrier, history),
    throttlePartnerCentral: (forMs) => started.simulator?.throttleFor(forMs),
    note: (text, functionId) => history.note([], text, functionId),
  };
}

/** Loses what is in a queue, and notes the events among it. */
async function purge(
  { queues }: ChaosStage,
  queueId: string,
  { events }: EventCarrier,
  history: History,
): Promise<void> {
  const queue = queues.get(queueId);
  for (const id of queue?.openEventIds() ?? []) {
    const event = events.get(id);
    if (!event) continue;
    event.fate = 'purged';
    history.note(event.paths, `event ${id} may have been purged from ${queueId}`);
  }
  await queue?.purge();
}
