import { longestLagMs } from '../../lambdas/core/freshness.ts';
import { at, type Json, textAt } from '../../lambdas/core/json.ts';
import { recordPath } from '../../lambdas/core/record.ts';
import type { ReminderRule } from '../../lambdas/core/reminder-rule.ts';
import type { ErrorCode } from '../../lambdas/core/service-error.ts';
import { Canaries } from '../chaos/canaries.ts';
import type { Subscription } from '../chaos/chaos-receiver.ts';
import type { Tolerance } from '../chaos/check-records.ts';
import type { Violation } from '../chaos/evidence.ts';
import { Leads } from '../chaos/leads.ts';
import { randomBehavior } from '../chaos/random-behavior.ts';
import { Reviews } from '../chaos/reviews.ts';
import { RowReports } from '../chaos/row-reports.ts';
import { SendingLog } from '../chaos/sending-log.ts';
import { TruthLog } from '../chaos/truth-log.ts';
import { WorkloadGenerator } from '../chaos/workload-generator.ts';
import { reconcileId } from '../function-ids.ts';
import type { ParkedMessage } from '../observation.ts';
import type { PartnerEventEnvelope } from '../partner-central/model/partner-events.ts';
import { SimulatedPartner } from '../partner-central/model/simulated-partner.ts';
import { endpointSecretId } from '../stage-access.ts';
import { webhookEndpoint } from '../webhook-endpoint.ts';
import { Account } from './account.ts';
import { Bus } from './bus.ts';
import { Clients, clientNames } from './clients.ts';
import type { Environment } from './environment.ts';
import { Faults } from './faults.ts';
import { LogBook } from './log-book.ts';
import { longestStaleMs, SimulatedPartnerCentral } from './partner-central.ts';
import { SimulatedPartnerWrites } from './partner-writes.ts';
import { People } from './people.ts';
import { type Randoms, randomsOf } from './randoms.ts';
import { Receivers } from './receivers.ts';
import { Scheduler } from './scheduler.ts';
import { Schedules } from './schedules.ts';
import { newSecret, Secrets } from './secrets.ts';
import { StepChecks } from './step-checks.ts';
import { Storage } from './storage.ts';
import { Trace } from './trace.ts';

export interface SeedOptions {
  readonly seed: number;
  /** Rounds of changes. @default 12: 20 to 40 events */
  readonly rounds?: number;
  /** Number of commands that clients send. @default 0 */
  readonly commands?: number;
  /** Ids of changes and faults that may happen. @default all */
  readonly only?: ReadonlySet<string> | undefined;
}

/** All parts of one simulation. */
export interface World {
  readonly scheduler: Scheduler;
  readonly trace: Trace;
  readonly faults: Faults;
  readonly storage: Storage;
  readonly account: Account;
  readonly schedules: Schedules;
  readonly bus: Bus;
  readonly receivers: Receivers;
  readonly partnerCentral: SimulatedPartnerCentral;
  readonly partner: SimulatedPartner;
  readonly people: People;
  readonly clients: Clients;
  readonly reviews: Reviews;
  readonly workload: WorkloadGenerator;
  readonly changes: Changes;
  readonly truth: TruthLog;
  readonly canaries: Canaries;
  readonly sending: SendingLog;
  readonly rowReports: RowReports;
  readonly logBook: LogBook;
  readonly unusable: ReadonlyMap<string, ErrorCode>;
  readonly parked: readonly ParkedMessage[];
  readonly disturbedDeliveries: ReadonlyMap<string, number>;
  readonly finishedPasses: Set<string>;
  /** The reminders that are switched on: none in half of the seeds. */
  readonly reminders: readonly ReminderRule[];
  /** Violations that were found at the step at which they happened. */
  readonly violations: readonly Violation[];
  readonly tolerance: Tolerance;
}

/** As in chaos. */
const subscriptions: readonly Subscription[] = [
  { id: 'ep_all', topics: ['*'], catalogs: [] },
  { id: 'ep_steady', topics: ['opportunity.*'], catalogs: [], isNeverDown: true },
  {
    id: 'ep_flaky',
    topics: ['opportunity.updated', 'aws_opportunity_summary.*', 'engagement_invitation.*', 'engagement.*'],
    catalogs: ['Sandbox'],
    ordering: 'per-record',
  },
  { id: 'ep_gone', topics: ['engagement_invitation.*', 'engagement.*'], catalogs: ['AWS'] },
];

/** Commands have messages only for who names them. Each client has its own endpoint. */
const commandSubscriptions: readonly Subscription[] = [
  { id: 'ep_commands', topics: ['command.*'], catalogs: [] },
  { id: 'ep_crm', topics: ['*', 'command.*'], catalogs: [], client: clientNames.crm, echo: 'mark' },
  {
    id: 'ep_finance',
    topics: ['opportunity.*', 'engagement_invitation.*'],
    catalogs: [],
    client: clientNames.finance,
    echo: 'omit',
    ordering: 'per-record',
  },
];

const minuteOfDay = 1 / (24 * 60);
/** Short enough for a storm. */
const shortReminders: readonly ReminderRule[] = [
  { name: 'close_date_passed', days: 1 },
  { name: 'action_required_unanswered', days: 2 * minuteOfDay },
  { name: 'review_overdue', days: 3 * minuteOfDay },
  { name: 'idle', days: 4 * minuteOfDay },
];

const startsAtMs = Date.parse('2031-05-06T10:00:00Z');
/** For clocks that are off, and for a message in transit. */
const slackMs = 4_000;
const defaultRounds = 12;

/**
 * The changes that the partner makes, and the commands that clients send. Each has an id, such as
 * `change <number>`, so that a history can be shortened.
 */
export class Changes {
  readonly made: string[] = [];
  readonly #only: ReadonlySet<string> | undefined;
  #changes = 0;

  constructor(only: ReadonlySet<string> | undefined) {
    this.#only = only;
  }

  readonly mayChange = (): boolean => {
    this.#changes += 1;
    return this.mayMake(`change ${this.#changes}`);
  };

  readonly mayMake = (id: string): boolean => {
    const isAllowed = !this.#only || this.#only.has(id);
    if (isAllowed) this.made.push(id);
    return isAllowed;
  };
}

export function createWorld({ seed, rounds = defaultRounds, commands = 0, only }: SeedOptions): World {
  const randoms = randomsOf(seed);
  const scheduler = new Scheduler(startsAtMs, randoms('ties'));
  const { nowMs } = scheduler;
  const trace = new Trace(nowMs);
  const faults = new Faults(randoms, trace, only);
  const canaries = new Canaries(randoms('canaries'), commands > 0);
  const changes = new Changes(only);
  const truth = new TruthLog(nowMs, (path, number) =>
    trace.note('Partner Central', `has state ${number} of ${path}`),
  );
  const sending = new SendingLog(nowMs);
  const rowReports = new RowReports();
  const tolerance = { staleMs: longestStaleMs + slackMs, lagMs: longestLagMs };
  const checks = new StepChecks({ scheduler, trace, tolerance });
  const parked: ParkedMessage[] = [];
  const unusable = new Map<string, ErrorCode>();
  const disturbedDeliveries = new Map<string, number>();
  const finishedPasses = new Set<string>();
  const reminders = randoms('reminders')() < 0.5 ? shortReminders : [];
  const readsEarly = randoms('early reads')() >= 0.5;
  const shared = { scheduler, faults, trace };

  const logBook = new LogBook({
    trace,
    onLine: ({ name }, text, entry) => {
      canaries.search(name, text);
      sending.onLogEntry(entry);
      rowReports.onLogEntry(entry);
      noteFinishedPass(entry, finishedPasses);
    },
  });
  const storage: Storage = new Storage({
    ...shared,
    onStored: (version) => {
      checks.onStored(version);
      account.stream.write(version);
      workload.onStored(recordPath(version), Date.parse(version.readAt));
    },
  });
  const withCommands = commands > 0 ? [...subscriptions, ...commandSubscriptions] : subscriptions;
  const receivers = new Receivers(withCommands, {
    ...shared,
    random: randoms('internet'),
    onPost: (post) => {
      checks.onPost(post);
      clients.receive(post);
    },
  });
  const secrets = new Secrets(shared);
  const bus: Bus = new Bus({ ...shared, put: (event) => account.put(event) });
  const { partner, workload } = createWorkload(randoms, {
    ...shared,
    canaries,
    changes,
    truth,
    unusable,
    bus,
    rounds,
  });
  const partnerCentral = new SimulatedPartnerCentral({
    ...shared,
    partner,
    random: randoms('partner central'),
    onQuotaExceeded: (operation) => checks.onQuotaExceeded(operation),
  });
  const onPartnerChange = (): void => truth.observe(partner.truth());
  const partnerWrites = new SimulatedPartnerWrites({
    ...shared,
    partner,
    random: randoms('partner central writes'),
    onQuotaExceeded: (operation) => checks.onQuotaExceeded(operation),
    onChange: onPartnerChange,
  });
  if (commands > 0) partner.writes.behavior = randomBehavior(randoms('service behavior'));
  const account: Account = new Account({
    ...shared,
    randoms,
    storage,
    partnerCentral,
    partnerWrites,
    takesCommands: commands > 0,
    reminders,
    readsEarly,
    receivers,
    secrets,
    logBook,
    onSent: (queue, body) => canaries.search(`queue ${queue}`, body),
    onParked: (message) => {
      trace.note(`queue ${message.queueId}`, `parks ${message.code}: ${message.body.slice(0, 200)}`);
      parked.push(message);
    },
    onDisturbed: (environment, args) => {
      countDisturbed(environment, args, disturbedDeliveries);
      if (environment.name.startsWith('reconcile ')) rowReports.onFault(reconcileId);
    },
    onEnded: ({ name }) => {
      trace.note(name, 'has ended');
      if (name.startsWith('deliver ')) sending.onWorkerEnded();
      if (name.startsWith('reconcile ')) rowReports.onFault(reconcileId);
    },
  });
  for (const receiver of receivers.all()) {
    const { isNeverDown: _, isNamed: _named, ...subscription } = receiver.subscription;
    const secret = newSecret(randoms('secrets'));
    canaries.guard(secret);
    receiver.secrets = [secret];
    secrets.put(subscription.id, secret);
    const secretId = endpointSecretId(subscription.id);
    storage.endpoints.put(webhookEndpoint({ ...subscription, url: receiver.url, secretId }));
  }
  const people = new People({
    ...shared,
    randoms,
    account,
    storage,
    receivers,
    secrets,
    bus,
    workload,
    parked,
    guard: (secret) => canaries.guard(secret),
    forget: (path) => checks.forget(path),
  });
  const reviews = new Reviews({
    partner,
    random: randoms('reviewers'),
    onChange: onPartnerChange,
    note: (id, status) => trace.note('AWS', `moves the review of ${id} to ${status}`),
  });
  const leads = new Leads({
    partner,
    random: randoms('leads'),
    canaries,
    onChange: onPartnerChange,
    note: (path, what) => trace.note('people', `${what} ${path}`),
  });
  const clients: Clients = new Clients({
    ...shared,
    randoms,
    account,
    storage,
    reviews,
    leads,
    plant: () => canaries.plant(),
    maySend: changes.mayMake,
    answers: commands > 0 && randoms('answers')() < 0.5,
  });
  const schedules = new Schedules({ scheduler, faults, account, storage });
  return {
    ...shared,
    storage,
    account,
    schedules,
    bus,
    receivers,
    partnerCentral,
    partner,
    people,
    clients,
    reviews,
    workload,
    changes,
    truth,
    canaries,
    sending,
    rowReports,
    logBook,
    unusable,
    parked,
    disturbedDeliveries,
    finishedPasses,
    reminders,
    violations: checks.violations,
    tolerance,
  };
}

function createWorkload(
  randoms: Randoms,
  parts: Pick<World, 'scheduler' | 'faults' | 'canaries' | 'changes' | 'truth' | 'bus'> & {
    readonly unusable: Map<string, ErrorCode>;
    readonly rounds: number;
  },
): { readonly partner: SimulatedPartner; readonly workload: WorkloadGenerator } {
  const { scheduler, faults, canaries, changes, truth, unusable, bus, rounds } = parts;
  let lastEvent: PartnerEventEnvelope | undefined;
  const partner: SimulatedPartner = new SimulatedPartner({
    random: randoms('partner'),
    nowMs: scheduler.nowMs,
    accountId: '111122223333',
    emit: (event) => {
      lastEvent = event;
      bus.publish(event);
    },
    after: (ms, run) =>
      scheduler.after(ms, () => {
        run();
        truth.observe(partner.truth());
      }),
  });
  const startedAtMs = scheduler.nowMs();
  const workload = new WorkloadGenerator({
    partner,
    random: randoms('work'),
    nowMs: scheduler.nowMs,
    canaries,
    onChange: () => truth.observe(partner.truth()),
    lastEvent: () => lastEvent,
    emitUnusable: (event, code) => {
      if (!faults.strikes('event-unusable', 'Partner Central', `publishes unusable event ${event.id}`))
        return;
      unusable.set(event.id, code);
      bus.publish(event);
    },
    waitUntil: (ms) => scheduler.sleep(startedAtMs + ms - scheduler.nowMs()),
    size: {
      opportunities: 3,
      rounds,
      changes: 2,
      odd: faults.strikes('timestamps-odd', 'Partner Central', 'prints odd timestamps') ? 1 : 0,
      backwards: faults.strikes('timestamps-backwards', 'Partner Central', 'sets a clock back') ? 1 : 0,
    },
    mayChange: changes.mayChange,
  });
  return { partner, workload };
}

function countDisturbed({ name }: Environment, args: readonly unknown[], counts: Map<string, number>): void {
  if (!name.startsWith('deliver ')) return;
  const id = args.map(deliveryIdIn).find((each) => each !== undefined);
  if (id !== undefined) counts.set(id, (counts.get(id) ?? 0) + 1);
}

function deliveryIdIn(arg: unknown): string | undefined {
  if (typeof arg === 'string' && arg.startsWith('dlv_')) return arg;
  if (typeof arg !== 'object' || arg === null || !('id' in arg)) return undefined;
  return deliveryIdIn(arg.id);
}

/** Notes a full pass, or one over reminders, that a log line reports as finished. */
function noteFinishedPass(entry: Json | undefined, finished: Set<string>): void {
  if (textAt(entry, 'message') !== 'pass.finished') return;
  const pass = textAt(entry, 'pass');
  if (at(entry, 'full') === true || pass === 'reminders') finished.add(`${textAt(entry, 'catalog')} ${pass}`);
}
