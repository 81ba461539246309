import { isJsonObject, type JsonObject } from '../../../lambdas/core/json.ts';
import { type RecordKind, recordPath } from '../../../lambdas/core/record.ts';

export interface SimulatedRecord {
  readonly catalog: string;
  readonly kind: RecordKind;
  readonly id: string;
  /** The whole answer of the service. An engagement has its members as `EngagementMemberList`. */
  readonly body: JsonObject;
  /**
   * True while the service denies access. The body is then the latest one, which is not readable.
   */
  readonly inaccessible: boolean;
  /** Number of writes: 1 after the creation. */
  readonly mutations: number;
  readonly writtenAtMs: number;
}

/** The longest lag of a stale read; longer than the lag of any replica of the service. */
export const longestLagMs = 60_000;

/**
 * The records of one partner with their recent states. Ids are unique per kind, over all catalogs.
 */
export class SimulatedRecords {
  readonly #nowMs: () => number;
  /** The recent states of each record by kind and id, the newest last. */
  readonly #states = new Map<RecordKind, Map<string, readonly SimulatedRecord[]>>();

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  create(catalog: string, kind: RecordKind, id: string, body: JsonObject, inaccessible = false): void {
    if (this.#statesOf(kind, id).length > 0) throw new Error(`${kind} ${id} exists already`);
    this.#write({ catalog, kind, id, body, inaccessible, mutations: 1, writtenAtMs: this.#nowMs() });
  }

  merge(kind: RecordKind, id: string, patch: JsonObject, inaccessible?: boolean): void {
    const record = this.get(kind, id);
    this.#write({
      ...record,
      body: mergePatch(record.body, patch),
      inaccessible: inaccessible ?? record.inaccessible,
      mutations: record.mutations + 1,
      writtenAtMs: this.#nowMs(),
    });
  }

  /** @throws Error if the record does not exist */
  get(kind: RecordKind, id: string): SimulatedRecord {
    const record = this.#statesOf(kind, id).at(-1);
    if (!record) throw new Error(`the simulated partner has no ${kind} ${id}`);
    return record;
  }

  /** The record at a time at most `longestLagMs` ago. */
  find(catalog: string, kind: RecordKind, id: string, asOfMs: number): SimulatedRecord | undefined {
    const record = this.#statesOf(kind, id).findLast(({ writtenAtMs }) => writtenAtMs <= asOfMs);
    return record?.catalog === catalog ? record : undefined;
  }

  /** All records of a kind at a time at most `longestLagMs` ago. */
  all(catalog: string, kind: RecordKind, asOfMs: number): readonly SimulatedRecord[] {
    return [...this.#idsOf(kind)].flatMap((id) => this.find(catalog, kind, id, asOfMs) ?? []);
  }

  /** Generates an id that no record of this kind has. */
  newId(kind: RecordKind, generate: () => string): string {
    let id = generate();
    while (this.#statesOf(kind, id).length > 0) id = generate();
    return id;
  }

  /** Copies all records, by `<catalog>/<kind>/<id>`: later writes do not change the copy. */
  byPath(): ReadonlyMap<string, SimulatedRecord> {
    const newest = [...this.#states].flatMap(([kind, byId]) =>
      [...byId.keys()].map((id) => this.get(kind, id)),
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

/** Merges objects member by member. Any other value, also an array, replaces the value before. */
export function mergePatch(body: JsonObject, patch: JsonObject): JsonObject {
  const changed = Object.entries(patch).map(([name, value]) => {
    const present = body[name];
    return [name, isJsonObject(value) && isJsonObject(present) ? mergePatch(present, value) : value];
  });
  return { ...body, ...Object.fromEntries(changed) };
}
