import type { EndpointId } from '../../lambdas/core/ids.ts';
import { addMs, instantOf } from '../../lambdas/core/instant.ts';
import { passNames } from '../../lambdas/core/pass.ts';
import type { PassRow } from '../../test/fakes/in-memory-pass-store.ts';
import { pick } from '../partner-central/seeded-random.ts';
import { DeliveryEdits } from './delivery-edits.ts';
import type { HandEditsDeps } from './hand-edits-deps.ts';
import { RecordEdits, type RecordEditsDeps } from './record-edits.ts';

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;
/** Values of every type; undefined removes the attribute. */
const oddValues: readonly unknown[] = [
  'edited',
  -7.5,
  true,
  null,
  ['edited'],
  { edited: 'edited' },
  undefined,
];
const ledgerAttributes = [
  'writer',
  'writtenAt',
  'nextFreeAt',
  'closedUntil',
  'closures',
  'revision',
  'hoursTotal',
];
const gateAttributes = ['slots', 'breaker', 'pace', 'pause', 'revision'];

/** Rows that an operator edits by hand, and later repairs where nothing else does. */
export class HandEdits {
  /** Number of edits of each row, by the name of the row. */
  readonly rows = new Map<string, number>();
  readonly deliveries: DeliveryEdits;
  readonly records: RecordEdits;
  readonly #deps: HandEditsDeps;
  readonly #edits: readonly (() => void)[] = [
    () => this.#editGate(),
    () => this.#editLedger(),
    () => this.#editPass(),
    () => this.deliveries.edit(),
    () => this.records.editCurrent(),
    () => this.records.editVersion(),
    () => this.#spoilEndpoint(),
  ];

  constructor(deps: HandEditsDeps & Pick<RecordEditsDeps, 'parked' | 'isKept'>) {
    this.#deps = deps;
    const noteEdit = (row: string): void => this.#noteEdit(row);
    this.deliveries = new DeliveryEdits({ ...deps, noteEdit });
    this.records = new RecordEdits({ ...deps, noteEdit, deliveryEdits: this.deliveries });
  }

  /** Plans edits of each kind of row within this time. */
  plan(forMs: number): void {
    for (const edit of [...this.#edits, ...this.#edits]) this.#deps.plans.perhaps('row-edited', forMs, edit);
  }

  #pick<Value>(values: readonly Value[]): Value {
    const boxes = values.map((value) => ({ value }));
    return pick(this.#deps.faults.random('row-edited'), boxes).value;
  }

  #note(what: string): void {
    this.#deps.trace.note('operator', what);
  }

  #noteEdit(row: string): void {
    this.rows.set(row, (this.rows.get(row) ?? 0) + 1);
  }

  #endpointId(): EndpointId {
    return this.#pick(this.#deps.receivers.all()).subscription.id;
  }

  #instantAfter(ms: number) {
    return addMs(instantOf(this.#deps.scheduler.nowMs()), ms);
  }

  /** Of another type, or a valid value that holds everything up. */
  #editGate(): void {
    const id = this.#endpointId();
    const late = this.#instantAfter(this.#pick([minuteMs, 60 * minuteMs, 30 * dayMs]));
    const attributes = this.#pick<Readonly<Record<string, unknown>>>([
      { [this.#pick(gateAttributes)]: this.#pick(oddValues) },
      { slots: Object.fromEntries(Array.from({ length: 6 }, (_, index) => [`lost-${index}`, late])) },
      { pace: { nextSlotAt: late, lastPostponedTo: late } },
      { pause: { cause: 'retry-after', until: late, since: late, reason: 'edited' } },
      { pause: { cause: 'own-fault', until: late, since: late, reason: 'edited' } },
      { breaker: { failuresInARow: 0, openings: 1, openUntil: late } },
    ]);
    this.#note(`edits the gate of ${id} to ${JSON.stringify(attributes)}`);
    this.#noteEdit(`gate ${id}`);
    this.#deps.storage.gates.edit(id, attributes);
  }

  #editLedger(): void {
    const late = this.#instantAfter(this.#pick([minuteMs, 30 * dayMs]));
    const attributes = { [this.#pick(ledgerAttributes)]: this.#pick([...oddValues, late]) };
    this.#note(`edits the quota ledger to ${JSON.stringify(attributes)}`);
    this.#noteEdit('quota reads');
    this.#deps.storage.ledger.edit(attributes);
  }

  #editPass(): void {
    const key = { catalog: this.#pick(['AWS', 'Sandbox']), name: this.#pick(passNames) };
    const late = this.#instantAfter(this.#pick([minuteMs, 30 * dayMs]));
    const row = this.#pick<Partial<PassRow>>([
      { state: {}, unreadable: ['state'] },
      { state: { watermark: late } },
      { dueAt: late },
      { dueAt: late, leased: true },
      { dueAt: undefined },
      { dueAt: late, leased: true },
      { leased: this.#pick([true, false]) },
      { fullRequestedAt: late },
    ]);
    this.#note(`edits the pass ${key.catalog} ${key.name} to ${JSON.stringify(row)}`);
    this.#noteEdit(`pass ${key.catalog}/${key.name}`);
    this.#deps.storage.passes.edit(key, row);
  }

  #spoilEndpoint(): void {
    const { storage, plans } = this.#deps;
    const id = this.#endpointId();
    this.#note(`makes ${id} unreadable`);
    this.#noteEdit(`endpoint ${id}`);
    storage.endpoints.spoil(id);
    plans.later('row-edited', 30 * minuteMs, () => {
      const endpoint = storage.endpoints.peek(id);
      this.#note(`repairs ${id}`);
      if (endpoint) storage.endpoints.put(endpoint);
    });
  }
}
