import { instantOf } from '../../lambdas/core/instant.ts';
import { type RecordKey, recordPath } from '../../lambdas/core/record.ts';
import type { WorkloadGenerator } from '../chaos/workload-generator.ts';
import type { ParkedMessage } from '../observation.ts';
import { between } from '../partner-central/seeded-random.ts';
import type { Account } from './account.ts';
import type { Bus } from './bus.ts';
import { Erasures } from './erasures.ts';
import type { Faults } from './faults.ts';
import { HandEdits } from './hand-edits.ts';
import { Operator } from './operator.ts';
import { Plans } from './plans.ts';
import type { Randoms } from './randoms.ts';
import type { Receivers } from './receivers.ts';
import type { Scheduler } from './scheduler.ts';
import { newSecret, type Secrets } from './secrets.ts';
import type { Storage } from './storage.ts';
import type { Trace } from './trace.ts';

export interface PeopleDeps {
  readonly scheduler: Scheduler;
  readonly faults: Faults;
  readonly trace: Trace;
  readonly randoms: Randoms;
  readonly account: Account;
  readonly storage: Storage;
  readonly receivers: Receivers;
  readonly secrets: Secrets;
  readonly bus: Bus;
  readonly workload: WorkloadGenerator;
  /** What is in the parked queues. */
  readonly parked: ParkedMessage[];
  readonly guard: (secret: string) => void;
  /** Notified of the path of a record whose newest versions a restore removed. */
  readonly forget: (path: string) => void;
}

const minuteMs = 60_000;
/** The first records are read this long after the beginning, from and to. */
const firstReadMs = [6_500, 9_000] as const;

/** Numbers of the opportunities that are erased or restored. */
const harmed = [0, 1, 2];

/** What operators and owners of receivers do in the middle of a storm. */
export class People {
  readonly erasures: Erasures;
  readonly handEdits: HandEdits;
  /** See `removedMessages` of the evidence. */
  readonly removedMessages = new Map<string, Map<string, string>>();
  readonly #deps: PeopleDeps;
  readonly #operator: Operator;
  readonly #plans: Plans;

  constructor(deps: PeopleDeps) {
    this.#deps = deps;
    this.#operator = new Operator(deps);
    this.#plans = new Plans(deps);
    this.handEdits = new HandEdits({
      ...deps,
      operator: this.#operator,
      plans: this.#plans,
      isKept: (path) => !harmed.some((number) => isOfOpportunity(path, deps.workload.opportunityKey(number))),
    });
    this.erasures = new Erasures({ ...deps, operator: this.#operator });
  }

  /** Commands that have not ended yet. */
  get unfinished(): readonly string[] {
    return this.#operator.unfinished;
  }

  /** Plans what people do within this time. */
  plan(forMs: number): void {
    const { receivers } = this.#deps;
    for (const [index, { subscription }] of receivers.all().entries()) {
      const { id } = subscription;
      // A secret is mended to what it was when it broke: it must not be rotated meanwhile.
      if (index % 2 === 0) this.#plans.perhaps('secret-broken', forMs, () => this.#breakSecret(id));
      else this.#plans.perhaps('secret-rotated', forMs, () => this.#rotateSecret(id));
      this.#plans.perhaps('receiver-moves', forMs, () => this.#move(id));
      this.#plans.perhaps('endpoint-disabled', forMs, () => this.#disable(id));
    }
    for (const name of ['deliver', 'fan-out', 'opportunity'] as const)
      this.#plans.perhaps('queue-purged', forMs, () => this.#purge(name));
    for (const number of [0, 1]) this.#plans.perhaps('record-restored', forMs, () => this.#restore(number));
    for (const number of harmed) this.#perhapsErase(number, forMs);
    this.handEdits.plan(forMs);
  }

  mend(): void {
    this.#plans.mend();
  }

  /** Often when the record is about to be stored for the first time. */
  #perhapsErase(number: number, forMs: number): void {
    const random = this.#deps.faults.random('record-erased');
    const atMs = random() < 0.5 ? between(random, ...firstReadMs) : between(random, minuteMs, forMs);
    this.#plans.perhapsAfter('record-erased', atMs, () => this.#erase(number));
  }

  #note(what: string): void {
    this.#deps.trace.note('operator', what);
  }

  #breakSecret(id: string): void {
    const { secrets, faults } = this.#deps;
    const state = secrets.get(id);
    if (!state) return;
    this.#note(`breaks the secret of ${id}`);
    // Sometimes the version before can still sign.
    const isHalf = faults.random('secret-broken')() < 0.3;
    secrets.put(id, 'not a secret', isHalf ? state.current : 'not a secret either');
    this.#plans.later('secret-broken', 20 * minuteMs, () => {
      this.#note(`mends the secret of ${id}`);
      secrets.put(id, state.current, state.previous);
    });
  }

  /** As `pcr endpoints rotate-secret` and the owner of the receiver do it. */
  #rotateSecret(id: string): void {
    const { secrets, receivers, randoms, guard, scheduler } = this.#deps;
    const receiver = receivers.get(id);
    const old = secrets.get(id)?.current;
    if (old === undefined || old !== receiver.secrets[0]) return;
    const secret = newSecret(randoms('secrets'));
    guard(secret);
    this.#note(`rotates the secret of ${id}`);
    secrets.put(id, secret, old);
    // Workers remember secrets for five minutes, and the longest attempt takes half a minute.
    scheduler.after(6 * minuteMs, () => {
      this.#note(`the receiver of ${id} takes the new secret only`);
      receiver.secrets = [secret];
    });
    scheduler.after(8 * minuteMs, () => {
      this.#note(`ends the rotation of ${id}`);
      secrets.put(id, secret);
    });
  }

  #move(id: string): void {
    const { receivers, storage } = this.#deps;
    const receiver = receivers.get(id);
    const endpoint = storage.endpoints.peek(receiver.subscription.id);
    if (receiver.subscription.isNeverDown || endpoint?.destination.kind !== 'webhook') return;
    const url = receiver.url.replace('/hook', '/moved');
    this.#note(`moves ${id} to ${url}`);
    receiver.url = url;
    storage.endpoints.put({ ...endpoint, destination: { ...endpoint.destination, url } });
  }

  #disable(id: string): void {
    const { storage, receivers } = this.#deps;
    const endpointId = receivers.get(id).subscription.id;
    this.#note(`disables ${id}`);
    void storage.endpoints.disable(endpointId, 'maintenance', instantOf(this.#deps.scheduler.nowMs()));
    this.#plans.later('endpoint-disabled', 30 * minuteMs, () => this.#enable(id));
  }

  /** As `pcr endpoints enable` does it: held deliveries are released. */
  #enable(id: string): void {
    const { storage, receivers, scheduler } = this.#deps;
    const receiver = receivers.get(id);
    if (receiver.isGone) return;
    this.#note(`enables ${id}`);
    void storage.endpoints.enable(receiver.subscription.id);
    const now = instantOf(scheduler.nowMs());
    for (const { id: deliveryId, endpointId, status } of storage.deliveryRows.values())
      if (endpointId === receiver.subscription.id && status === 'held')
        void storage.deliveries.release(deliveryId, now);
  }

  #purge(name: 'deliver' | 'fan-out' | 'opportunity'): void {
    const { account, bus } = this.#deps;
    const lost = account.queues[name].purge();
    this.#note(`purges the queue ${name} of ${lost.length} messages`);
    for (const body of lost) bus.notePurged(body);
  }

  #erase(number: number): void {
    const key = this.#deps.workload.opportunityKey(number);
    if (key) this.erasures.erase(key);
  }

  /** Puts a record back to what it was some time ago, as a point-in-time restore does. */
  #restore(number: number): void {
    const { storage, workload, scheduler, faults } = this.#deps;
    const key = workload.opportunityKey(number);
    if (!key) return;
    const path = recordPath(key);
    const { states, versions, intents, intentDueAt, outboxDueAt, unreadable, setAside } = storage.rows;
    const before = states.get(path);
    const dueAtBefore = intentDueAt.get(path);
    scheduler.after(between(faults.random('record-restored'), 1_000, 5 * minuteMs), () => {
      const removed = [...versions].filter(
        ([, version]) => recordPath(version) === path && version.version > (before?.version ?? 0),
      );
      if (removed.length === 0) return;
      this.#note(`restores ${path} to version ${before?.version ?? 0}, without ${removed.length} newer ones`);
      const messages = this.removedMessages.get(path) ?? new Map<string, string>();
      for (const [versionPath, { messageId, contentHash }] of removed) {
        messages.set(messageId, contentHash);
        versions.delete(versionPath);
        intentDueAt.delete(versionPath);
        outboxDueAt.delete(versionPath);
        unreadable.delete(versionPath);
        setAside.delete(versionPath);
      }
      const committed = states.get(path);
      // Its version may not be stored yet.
      if (committed) messages.set(committed.messageId, committed.contentHash);
      this.removedMessages.set(path, messages);
      for (const [intentKey, { intent }] of intents)
        if (recordPath(intent) === path && intent.version > (before?.version ?? 0)) intents.delete(intentKey);
      if (dueAtBefore) intentDueAt.set(path, dueAtBefore);
      unreadable.delete(path);
      setAside.delete(path);
      this.#deps.forget(path);
      if (before) states.set(path, before);
      else states.delete(path);
      this.erasures.onRestored(key);
    });
  }
}

/** Whether a path is of an opportunity, of its summary or of one of their versions. */
function isOfOpportunity(path: string, opportunity: RecordKey | undefined): boolean {
  return opportunity !== undefined && path.includes(`/${opportunity.id}`);
}
