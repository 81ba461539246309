import { deliveryIdOf, isMessageId } from '../../lambdas/core/ids.ts';
import { instantOf } from '../../lambdas/core/instant.ts';
import { recordPath } from '../../lambdas/core/record.ts';
import { currentItemKey, type ItemKey, versionItemKey } from '../../lambdas/core/tables.ts';
import type { Version } from '../../lambdas/core/version.ts';
import { versionPath } from '../../test/fakes/in-memory-record-store.ts';
import { rowName } from '../chaos/row-reports.ts';
import type { ParkedMessage } from '../observation.ts';
import { pick } from '../partner-central/seeded-random.ts';
import type { DeliveryEdits, DeliveryEditsDeps } from './delivery-edits.ts';

export interface RecordEditsDeps extends DeliveryEditsDeps {
  readonly deliveryEdits: DeliveryEdits;
  /** Whether a record is never erased or restored: then a repair could bring back what is gone. */
  readonly isKept: (path: string) => boolean;
  /** What is in the parked queues. */
  readonly parked: ParkedMessage[];
}

const minuteMs = 60_000;
/** A worker that has read an unreadable item acts on it within its timeout. */
const longestWorkMs = 3 * minuteMs;
const contentProblems = ['payload: a text; allowed: a map'];
const topicsProblems = ['topics: a number; allowed: a list'];

/** Items that an operator makes unreadable: current ones and versions. `pcr rows retry` ends it. */
export class RecordEdits {
  readonly #deps: RecordEditsDeps;

  constructor(deps: RecordEditsDeps) {
    this.#deps = deps;
  }

  editCurrent(): void {
    const { storage, faults } = this.#deps;
    const states = [...storage.rows.states.values()].filter((state) => this.#deps.isKept(recordPath(state)));
    if (states.length === 0) return;
    const key = pick(faults.random('row-edited'), states);
    const path = recordPath(key);
    this.#edit(path, currentItemKey(key), true);
    this.#repairLater(path, () => undefined);
  }

  /** Most often of a version that is about to be sent. */
  editVersion(): void {
    const { storage, faults } = this.#deps;
    const { versions, intents, outboxDueAt } = storage.rows;
    const random = faults.random('row-edited');
    const sent = [...storage.deliveryRows.values()].filter(({ status }) => status === 'pending');
    const intended = [...intents.values()].map(({ intent }) => versionPath(intent));
    const waiting = [...intended, ...outboxDueAt.keys(), ...sent.map(({ version }) => versionPath(version))];
    const editable = [...versions.keys()].filter((path) => this.#deps.isKept(path));
    const known = waiting.filter((path) => editable.includes(path));
    const paths = known.length > 0 && random() < 0.8 ? known : editable;
    if (paths.length === 0) return;
    const path = pick(random, paths);
    const version = versions.get(path);
    if (!version || storage.rows.unreadable.has(path)) return;
    const ids = this.#deliveryIdsOf(version);
    for (const id of ids) this.#deps.deliveryEdits.edited.add(id);
    this.#edit(path, versionItemKey(version), random() < 0.5);
    this.#repairLater(path, () => {
      for (const id of ids)
        if (storage.deliveryRows.get(id)?.status === 'unreadable') this.#deps.deliveryEdits.retry(id);
    });
  }

  #edit(path: string, { pk, sk }: ItemKey, isContent: boolean): void {
    const { trace, storage, noteEdit } = this.#deps;
    const problems = isContent ? contentProblems : topicsProblems;
    trace.note('operator', `edits ${pk} ${sk}: ${problems.join()}`);
    noteEdit(rowName({ pk, sk }));
    storage.rows.unreadable.set(path, { isContent, problems });
  }

  /** Repairs the item, waits for workers that have read it before, and retries the row. */
  #repairLater(path: string, retry: () => void): void {
    const { plans, trace, storage, operator } = this.#deps;
    plans.later('row-edited', 30 * minuteMs, () => {
      trace.note('operator', `repairs ${path}`);
      storage.rows.unreadable.delete(path);
      operator.run(`pcr rows retry, after the repair of ${path}`, async ({ environment }) => {
        await environment.clock.sleep(longestWorkMs);
        this.#retrySetAside();
        retry();
        this.#redrive();
      });
    });
  }

  /**
   * As `pcr rows retry` does with each row that `pcr rows list` shows. A version may be set aside
   * because of another one.
   */
  #retrySetAside(): void {
    const { setAside, unreadable, versions, outboxDueAt } = this.#deps.storage.rows;
    for (const path of setAside) {
      // What is set aside because of an item that is still unreadable would be set aside again.
      const record = recordOf(path);
      if ([...unreadable.keys()].some((each) => recordOf(each) === record)) continue;
      setAside.delete(path);
      if (versions.has(path)) outboxDueAt.set(path, this.#now());
    }
  }

  /** As `pcr parked redrive` does. */
  #redrive(): void {
    const { parked, account } = this.#deps;
    const unreadable = parked.filter(({ code }) => code === 'record.unreadable');
    for (const message of unreadable) {
      parked.splice(parked.indexOf(message), 1);
      const queue = Object.values(account.queues).find(({ name }) => message.queueId === `${name}/Parked`);
      queue?.send(message.body);
    }
  }

  #deliveryIdsOf({ messageId }: Version) {
    const { receivers } = this.#deps;
    return receivers
      .all()
      .flatMap(({ subscription: { id } }) => (isMessageId(messageId) ? [deliveryIdOf(messageId, id)] : []));
  }

  #now() {
    return instantOf(this.#deps.scheduler.nowMs());
  }
}

/** The record path in the path of a version, or of a current item. */
function recordOf(path: string): string {
  return path.split('#')[0] ?? path;
}
