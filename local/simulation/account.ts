import type { DynamoDBStreamEvent, SQSEvent } from 'aws-lambda';
import { composeAct } from '../../lambdas/act/compose.ts';
import { leaseMs as actLeaseMs } from '../../lambdas/act/contract.ts';
import { cachingSecretStore } from '../../lambdas/adapters/secrets-manager-secret-store.ts';
import { knownCatalogs } from '../../lambdas/core/catalogs.ts';
import { commandActions } from '../../lambdas/core/command.ts';
import { deliveryDoorbellBody, fanOutDoorbellBody } from '../../lambdas/core/doorbell-body.ts';
import type { EnabledAction } from '../../lambdas/core/enabled-actions.ts';
import type { Json } from '../../lambdas/core/json.ts';
import { lineDoorbellBody } from '../../lambdas/core/line-doorbell.ts';
import {
  engagementDetailTypes,
  invitationDetailTypes,
  opportunityDetailTypes,
} from '../../lambdas/core/partner-event.ts';
import type { ReminderRule } from '../../lambdas/core/reminder-rule.ts';
import { composeDeliver } from '../../lambdas/deliver/compose.ts';
import { leaseMs } from '../../lambdas/deliver/contract.ts';
import { composeFanOut } from '../../lambdas/fan-out/compose.ts';
import type { HydratePorts } from '../../lambdas/hydrate/compose.ts';
import { composeHydrateEngagement } from '../../lambdas/hydrate/compose-engagement.ts';
import { composeHydrateInvitation } from '../../lambdas/hydrate/compose-invitation.ts';
import { composeHydrateOpportunity } from '../../lambdas/hydrate/compose-opportunity.ts';
import type { DeliveryDoorbell, FanOutDoorbell, LineDoorbell } from '../../lambdas/ports/doorbell.ts';
import type { FindingQueue } from '../../lambdas/ports/finding-queue.ts';
import type { Random } from '../../lambdas/ports/random.ts';
import type { SecretStore } from '../../lambdas/ports/secret-store.ts';
import type { ParkedQueue, WorkQueue } from '../../lambdas/ports/work-queue.ts';
import { quarantine } from '../../lambdas/quarantine/quarantine.ts';
import { composeReconcile } from '../../lambdas/reconcile/compose.ts';
import { eachMessage } from '../../lambdas/runtime/sqs-batch.ts';
import { sweep } from '../../lambdas/sweep/sweep.ts';
import { defaultConcurrency, shareConcurrency } from '../../lib/concurrency.ts';
import type { PartnerEventEnvelope } from '../partner-central/model/partner-events.ts';
import { endpointSecretId } from '../stage-access.ts';
import { type CallDeps, overNetwork, type Service } from './calls.ts';
import type { Environment } from './environment.ts';
import { LambdaFunction } from './lambda-function.ts';
import type { LogBook } from './log-book.ts';
import type { SimulatedPartnerCentral } from './partner-central.ts';
import type { SimulatedPartnerWrites } from './partner-writes.ts';
import { Queue, type QueueDeps } from './queue.ts';
import type { Randoms } from './randoms.ts';
import type { Receivers } from './receivers.ts';
import type { Secrets } from './secrets.ts';
import type { Storage } from './storage.ts';
import { Stream } from './stream.ts';

export interface AccountDeps extends Omit<CallDeps, 'random'>, Omit<QueueDeps, 'random'> {
  readonly randoms: Randoms;
  readonly storage: Storage;
  readonly partnerCentral: SimulatedPartnerCentral;
  readonly partnerWrites: SimulatedPartnerWrites;
  /** Whether the stack takes commands. */
  readonly takesCommands: boolean;
  /** The reminders that are switched on. */
  readonly reminders: readonly ReminderRule[];
  /** Whether records are read early, too. */
  readonly readsEarly: boolean;
  readonly receivers: Receivers;
  readonly secrets: Secrets;
  readonly logBook: LogBook;
  readonly onEnded: (environment: Environment) => void;
}

const shares = shareConcurrency(defaultConcurrency);

/** Every action in every catalog. */
export const everyAction = knownCatalogs.flatMap((catalog) =>
  commandActions.map((action): EnabledAction => `${catalog}:${action}`),
);

/** The environment of the functions, as lib/settings.ts and lib/constructs set it by default. */
const settings = {
  TIME_SCALE: 1,
  SETTLE_SECONDS: 5,
  READS_PER_SECOND: 10,
  READS_PER_DAY: 100_000,
  REJECTED_INVITATIONS: 'redact',
  SLOTS_PER_ENDPOINT: shares.slotsPerEndpoint,
  SECRET_NAME_PREFIX: endpointSecretId(''),
  CATALOGS: ['AWS', 'Sandbox'],
  RECONCILE_MINUTES: 15,
  FULL_PASS_DAYS: 7,
  EXPIRING_DAYS: 3,
  SILENCE_DAYS: 3,
  WRITES_PER_SECOND: 1,
  WRITES_PER_DAY: 10_000,
  COMMANDS: everyAction,
} as const;

const secondMs = 1_000;
const hydrateTimeoutMs = 60 * secondMs;

/** A queue of one of the three hydrate functions. */
type HydrateQueue = 'opportunity' | 'invitation' | 'engagement';

/** The deployed stack: every function, queue and event source, on simulated parts of AWS. */
export class Account {
  readonly queues: Readonly<Record<HydrateQueue | 'quarantine' | 'fan-out' | 'deliver' | 'act', Queue>>;
  readonly stream: Stream;
  readonly functions: readonly { readonly running: number }[];
  readonly sweep: LambdaFunction<undefined>;
  readonly reconcile: LambdaFunction<Json | undefined>;
  readonly #deps: AccountDeps;

  constructor(deps: AccountDeps) {
    this.#deps = deps;
    // As in lib/constructs/hydration.ts.
    const windowMs = (deps.readsEarly ? 1 : 2) * secondMs;
    const hydrate = {
      deliveryDelayMs: deps.readsEarly ? 0 : (settings.SETTLE_SECONDS + 1) * secondMs,
      visibilityTimeoutMs: 6 * hydrateTimeoutMs + windowMs,
      batchSize: 50,
      batchingWindowMs: windowMs,
      maxConcurrency: shares.hydrate,
    };
    const work = { deliveryDelayMs: 0, batchSize: 10, batchingWindowMs: 0 };
    const queue = (name: string, of: typeof hydrate): Queue =>
      new Queue({ name, ...of }, { ...deps, random: deps.randoms(`queue ${name}`) });
    this.queues = {
      opportunity: queue('opportunity', hydrate),
      invitation: queue('invitation', hydrate),
      engagement: queue('engagement', hydrate),
      quarantine: queue('quarantine', {
        ...work,
        visibilityTimeoutMs: 180 * secondMs,
        maxConcurrency: shares.quarantine,
      }),
      'fan-out': queue('fan-out', {
        ...work,
        visibilityTimeoutMs: 360 * secondMs,
        maxConcurrency: shares.fanOutDoorbell,
      }),
      deliver: queue('deliver', {
        ...work,
        visibilityTimeoutMs: 6 * leaseMs,
        maxConcurrency: shares.deliver,
      }),
      act: queue('act', {
        ...work,
        batchSize: 5,
        visibilityTimeoutMs: 6 * leaseMs,
        maxConcurrency: 2,
      }),
    };
    const earlyReads = { EARLY_READ_PERCENT: deps.readsEarly ? 50 : 0 };
    const runtime = { env: { ...settings, ...earlyReads, REMINDERS: deps.reminders } };
    const opportunity = this.#function<SQSEvent>('hydrate-opportunity', hydrateTimeoutMs, 2, (environment) =>
      composeHydrateOpportunity(
        { ...runtime, ...this.#observed(environment) },
        {
          ...this.#hydratePorts(environment, this.queues.opportunity),
          ...(deps.takesCommands && { lines: this.#store(deps.storage.commands, environment) }),
          cache: this.#store(deps.storage.solutionCache, environment),
          ...(deps.takesCommands && { commands: this.#lines(environment) }),
        },
      ),
    );
    const invitation = this.#function<SQSEvent>('hydrate-invitation', hydrateTimeoutMs, 2, (environment) =>
      composeHydrateInvitation(
        { ...runtime, ...this.#observed(environment) },
        {
          ...this.#hydratePorts(environment, this.queues.invitation),
          ...(deps.takesCommands && { lines: this.#store(deps.storage.commands, environment) }),
          index: this.#store(deps.storage.index, environment),
        },
      ),
    );
    const engagement = this.#function<SQSEvent>('hydrate-engagement', hydrateTimeoutMs, 2, (environment) =>
      composeHydrateEngagement(
        { ...runtime, ...this.#observed(environment) },
        {
          ...this.#hydratePorts(environment, this.queues.engagement),
          ...(deps.takesCommands && { lines: this.#store(deps.storage.commands, environment) }),
          index: this.#store(deps.storage.index, environment),
        },
      ),
    );
    const keep = this.#function<SQSEvent>('quarantine', 30 * secondMs, 10, (environment) => {
      const quarantineDeps = {
        kept: this.#parked(this.queues.quarantine, environment, 'Kept'),
        parked: this.#parked(this.queues.quarantine, environment),
        sightings: this.#store(deps.storage.sightings, environment),
        clock: environment.clock,
        ...this.#observed(environment),
      };
      return (event) =>
        eachMessage(event, quarantineDeps.log, (message) => quarantine(message, quarantineDeps));
    });
    const fanOut = this.#function<SQSEvent | DynamoDBStreamEvent>(
      'fan-out',
      60 * secondMs,
      20,
      (environment) =>
        composeFanOut(
          { ...runtime, ...this.#observed(environment) },
          {
            endpoints: this.#store(deps.storage.endpoints, environment),
            records: this.#store(deps.storage.records, environment),
            deliveries: this.#store(deps.storage.deliveries, environment),
            doorbell: this.deliveryDoorbell(environment),
            parked: this.#parked(this.queues['fan-out'], environment),
            clock: environment.clock,
          },
        ),
    );
    const deliver = this.#function<SQSEvent>('deliver', leaseMs, 30, (environment) =>
      composeDeliver(
        { ...runtime, ...this.#observed(environment) },
        {
          deliveries: this.#store(deps.storage.deliveries, environment),
          endpoints: this.#store(deps.storage.endpoints, environment),
          gates: this.#store(deps.storage.gates, environment),
          records: this.#store(deps.storage.records, environment),
          secrets: this.#secretStore(environment),
          transport: deps.receivers.connect(environment),
          eventBus: { put: () => Promise.resolve({ outcome: 'delivered' }) },
          doorbell: this.deliveryDoorbell(environment),
          fanOutDoorbell: this.#fanOutDoorbell(environment),
          parked: this.#parked(this.queues.deliver, environment),
          clock: environment.clock,
          random: this.#random(environment),
        },
      ),
    );
    this.sweep = this.#function<undefined>('sweep', 55 * secondMs, 2, (environment) => {
      const sweepDeps = {
        records: this.#store(deps.storage.records, environment),
        deliveries: this.#store(deps.storage.deliveries, environment),
        fanOutDoorbell: this.#fanOutDoorbell(environment),
        deliveryDoorbell: this.deliveryDoorbell(environment),
        clock: environment.clock,
        timeScale: settings.TIME_SCALE,
        ...(deps.takesCommands && { commands: this.#lines(environment) }),
        ...this.#observed(environment),
      };
      return () => sweep(sweepDeps);
    });
    this.reconcile = this.#function<Json | undefined>('reconcile', 55 * secondMs, 2, (environment) =>
      composeReconcile(
        { ...runtime, ...this.#observed(environment) },
        {
          ledger: this.#store(deps.storage.ledger, environment),
          partnerCentral: deps.partnerCentral.connect(environment),
          passes: this.#store(deps.storage.passes, environment),
          sightings: this.#store(deps.storage.sightings, environment),
          records: this.#store(deps.storage.records, environment),
          index: this.#store(deps.storage.index, environment),
          feeds: {
            opportunity: { queue: this.#findings(this.queues.opportunity, environment) },
            'engagement-invitation': { queue: this.#findings(this.queues.invitation, environment) },
            engagement: { queue: this.#findings(this.queues.engagement, environment) },
          },
          clock: environment.clock,
          random: this.#random(environment),
        },
      ),
    );
    const act = this.#function<SQSEvent>('act', actLeaseMs, 2, (environment) =>
      composeAct(
        { ...runtime, ...this.#observed(environment) },
        {
          commands: this.#store(deps.storage.commands, environment),
          commandSwitch: this.#store(deps.storage.commandSwitch, environment),
          records: this.#store(deps.storage.records, environment),
          index: this.#store(deps.storage.index, environment),
          ledger: (calls) =>
            this.#store(calls === 'reads' ? deps.storage.ledger : deps.storage.writeLedger, environment),
          partnerCentral: deps.partnerCentral.connect(environment),
          writes: deps.partnerWrites.connect(environment),
          doorbell: this.lineDoorbell(environment),
          parked: this.#parked(this.queues.act, environment),
          clock: environment.clock,
          random: this.#random(environment),
        },
      ),
    );
    this.queues.opportunity.connect(opportunity);
    this.queues.invitation.connect(invitation);
    this.queues.engagement.connect(engagement);
    this.queues.quarantine.connect(keep);
    this.queues['fan-out'].connect(fanOut);
    this.queues.deliver.connect(deliver);
    this.queues.act.connect(act);
    this.stream = new Stream({ ...deps, random: deps.randoms('stream'), consumer: fanOut });
    this.functions = [
      opportunity,
      invitation,
      engagement,
      keep,
      fanOut,
      deliver,
      act,
      this.sweep,
      this.reconcile,
    ];
  }

  /** Puts an event on its queue, as the rules of the default bus do. */
  put(event: PartnerEventEnvelope): void {
    this.queueOf(event['detail-type']).send(JSON.stringify(event));
  }

  queueOf(detailType: string): Queue {
    const has = (types: readonly string[]): boolean => types.includes(detailType);
    if (has(opportunityDetailTypes)) return this.queues.opportunity;
    if (has(invitationDetailTypes)) return this.queues.invitation;
    return has(engagementDetailTypes) ? this.queues.engagement : this.queues.quarantine;
  }

  /** Whether no message, invocation or stream record is left. */
  get isIdle(): boolean {
    return (
      Object.values(this.queues).every(({ depth }) => depth === 0) &&
      this.functions.every(({ running }) => running === 0) &&
      this.stream.isEmpty
    );
  }

  #function<Event>(
    name: string,
    timeoutMs: number,
    concurrency: number,
    compose: (environment: Environment) => (event: Event) => Promise<unknown>,
  ): LambdaFunction<Event> {
    const random = this.#deps.randoms(`function ${name}`);
    return new LambdaFunction({ name, timeoutMs, concurrency, compose }, { ...this.#deps, random });
  }

  #hydratePorts(environment: Environment, queue: Queue): HydratePorts {
    const { storage, partnerCentral } = this.#deps;
    return {
      ledger: this.#store(storage.ledger, environment),
      partnerCentral: partnerCentral.connect(environment),
      records: this.#store(storage.records, environment),
      sightings: this.#store(storage.sightings, environment),
      queue: this.#workQueue(queue, environment),
      clock: environment.clock,
      random: this.#random(environment),
    };
  }

  #observed(environment: Environment) {
    return this.#deps.logBook.connect(environment);
  }

  #random(environment: Environment): Random {
    return { next: this.#deps.randoms(`worker ${environment.name}`) };
  }

  #over<Port extends object>(port: Port, service: Service, environment: Environment): Port {
    const random = this.#deps.randoms(`network ${environment.name}`);
    return overNetwork(port, service, environment, { ...this.#deps, random });
  }

  #store<Port extends object>(port: Port, environment: Environment): Port {
    return this.#over(port, 'DynamoDB', environment);
  }

  /** Each worker has its own, which caches secrets. */
  #secretStore(environment: Environment): SecretStore {
    const { read } = this.#over({ read: this.#deps.secrets.read }, 'Secrets Manager', environment);
    const { log } = this.#observed(environment);
    return cachingSecretStore(read, environment.clock, (version) =>
      log.warn('secret.degraded', { ...version }),
    );
  }

  #parked(queue: Queue, environment: Environment, unpolled?: 'Kept'): ParkedQueue {
    const port: ParkedQueue = { park: async (body, reason) => queue.park(body, reason, unpolled) };
    return this.#over(port, 'SQS', environment);
  }

  #workQueue(queue: Queue, environment: Environment): WorkQueue {
    const port: WorkQueue = {
      park: async (body, reason) => queue.park(body, reason),
      sendAgain: async ({ body, timesSentAgain }, delayMs) => queue.send(body, delayMs, timesSentAgain + 1),
    };
    return this.#over(port, 'SQS', environment);
  }

  #findings(queue: Queue, environment: Environment): FindingQueue {
    const port: FindingQueue = {
      depth: async () => queue.depth,
      send: async (bodies) => {
        for (const body of bodies) queue.send(body);
      },
    };
    return this.#over(port, 'SQS', environment);
  }

  deliveryDoorbell(environment: Environment): DeliveryDoorbell {
    const port: DeliveryDoorbell = {
      ring: async (ids, delayMs = 0, details = {}) => {
        for (const id of ids) this.queues.deliver.send(deliveryDoorbellBody(id, details), delayMs);
      },
    };
    return this.#over(port, 'SQS', environment);
  }

  /** The lines of commands, with what wakes `act`. */
  #lines(environment: Environment) {
    return {
      lines: this.#store(this.#deps.storage.commands, environment),
      doorbell: this.lineDoorbell(environment),
    };
  }

  lineDoorbell(environment: Environment): LineDoorbell {
    const port: LineDoorbell = {
      ring: async (lines, delayMs = 0) => {
        for (const line of lines) this.queues.act.send(lineDoorbellBody(line), delayMs);
      },
    };
    return this.#over(port, 'SQS', environment);
  }

  #fanOutDoorbell(environment: Environment): FanOutDoorbell {
    const port: FanOutDoorbell = {
      ring: async (versions) => {
        for (const version of versions) this.queues['fan-out'].send(fanOutDoorbellBody(version), 0);
      },
    };
    return this.#over(port, 'SQS', environment);
  }
}
