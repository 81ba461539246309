import { isJsonObject, type JsonObject } from '../../../lambdas/core/json.ts';
import { type RecordKind, recordPath } from '../../../lambdas/core/record.ts';

export interface SimulatedRecord {
  readonly catalog: string;
  readonly kind: RecordKind;
  readonly id: string;
  /** The whole answer of the service, nulls included; of an engagement with its members as `EngagementMemberList`. */
  readonly body: JsonObject;
  /** True while the service denies access to it; of an invitation the body is then the last one, which nobody may read. */
  readonly inaccessible: boolean;
  /** How often the body was written: 1 after its creation. */
  readonly mutations: number;
  readonly writtenAtMs: number;
}

/** How far back a read may look: longer than any copy of the service lags behind. */
export const longestLagMs = 60_000;

/** The records of one partner, with what they were a short while ago. An id is unique within its kind, over all catalogs. */
export class SimulatedRecords {
  readonly #nowMs: () => number;
  /** By kind and id: the states of a record, the newest last. */
  readonly #states = new Map<RecordKind, Map<string, readonly SimulatedRecord[]>>();

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  create(catalog: string, kind: RecordKind, id: string, body: JsonObject, inaccessible = false): void {
    if (this.#statesOf(kind, id).length > 0) throw new Error(`${kind} ${id} exists already`);
    this.#write({ catalog, kind, id, body, inaccessible, mutations: 1, writtenAtMs: this.#nowMs() });
  }

  merge(kind: RecordKind, id: string, patch: JsonObject, inaccessible?: boolean): void {
    const record = this.known(kind, id);
    this.#write({
      ...record,
      body: merged(record.body, patch),
      inaccessible: inaccessible ?? record.inaccessible,
      mutations: record.mutations + 1,
      writtenAtMs: this.#nowMs(),
    });
  }

  /** @throws Error where a scenario names a record that does not exist. */
  known(kind: RecordKind, id: string): SimulatedRecord {
    const record = this.#statesOf(kind, id).at(-1);
    if (!record) throw new Error(`the simulated partner has no ${kind} ${id}`);
    return record;
  }

  /** As it was at an instant, at most `longestLagMs` ago. */
  find(catalog: string, kind: RecordKind, id: string, asOfMs: number): SimulatedRecord | undefined {
    const record = this.#statesOf(kind, id).findLast(({ writtenAtMs }) => writtenAtMs <= asOfMs);
    return record?.catalog === catalog ? record : undefined;
  }

  /** All of a kind as they were at an instant, at most `longestLagMs` ago. */
  all(catalog: string, kind: RecordKind, asOfMs: number): readonly SimulatedRecord[] {
    return [...this.#idsOf(kind)].flatMap((id) => this.find(catalog, kind, id, asOfMs) ?? []);
  }

  /** An id that this kind does not have yet. */
  newId(kind: RecordKind, invent: () => string): string {
    let id = invent();
    while (this.#statesOf(kind, id).length > 0) id = invent();
    return id;
  }

  /** By `<catalog>/<kind>/<id>`. Bodies are never changed in place: what is returned stays as it is. */
  byPath(): ReadonlyMap<string, SimulatedRecord> {
    const newest = [...this.#states].flatMap(([kind, byId]) =>
      [...byId.keys()].map((id) => this.known(kind, id)),
    );
    return new Map(newest.map((record) => [recordPath(record), record]));
  }

  #idsOf(kind: RecordKind): Iterable<string> {
    return this.#states.get(kind)?.keys() ?? [];
  }

  #statesOf(kind: RecordKind, id: string): readonly SimulatedRecord[] {
    return this.#states.get(kind)?.get(id) ?? [];
  }

  #write(record: SimulatedRecord): void {
    const states = this.#statesOf(record.kind, record.id);
    const oldest = states.findLastIndex(({ writtenAtMs }) => writtenAtMs <= this.#nowMs() - longestLagMs);
    const byId = this.#states.get(record.kind) ?? new Map<string, readonly SimulatedRecord[]>();
    this.#states.set(record.kind, byId.set(record.id, [...states.slice(Math.max(0, oldest)), record]));
  }
}

/** Objects are merged member by member; everything else, arrays too, replaces what was there. */
export function merged(body: JsonObject, patch: JsonObject): JsonObject {
  const changed = Object.entries(patch).map(([name, value]) => {
    const present = body[name];
    return [name, isJsonObject(value) && isJsonObject(present) ? merged(present, value) : value];
  });
  return { ...body, ...Object.fromEntries(changed) };
}
