import { isJsonObject, type JsonObject } from '../../lambdas/core/json.ts';
import { type RecordKind, recordPath } from '../../lambdas/core/record.ts';

export interface SimulatedRecord {
  readonly catalog: string;
  readonly kind: RecordKind;
  readonly id: string;
  /** The whole answer of the service, nulls included. */
  readonly body: JsonObject;
  /** True once the service denies access to it; the body is then the last one, which nobody may read. */
  readonly inaccessible: boolean;
  /** How often the body was written: 1 after its creation. */
  readonly mutations: number;
}

/** The records of one partner. An id is unique within its kind, over all catalogs. */
export class SimulatedRecords {
  readonly #records = new Map<string, SimulatedRecord>();

  create(catalog: string, kind: RecordKind, id: string, body: JsonObject): void {
    if (this.#records.has(`${kind}/${id}`)) throw new Error(`${kind} ${id} exists already`);
    this.#records.set(`${kind}/${id}`, { catalog, kind, id, body, inaccessible: false, mutations: 1 });
  }

  merge(kind: RecordKind, id: string, patch: JsonObject, inaccessible = false): void {
    const record = this.known(kind, id);
    const changed = { body: merged(record.body, patch), inaccessible, mutations: record.mutations + 1 };
    this.#records.set(`${kind}/${id}`, { ...record, ...changed });
  }

  /** @throws Error where a scenario names a record that does not exist. */
  known(kind: RecordKind, id: string): SimulatedRecord {
    const record = this.#records.get(`${kind}/${id}`);
    if (!record) throw new Error(`the simulated partner has no ${kind} ${id}`);
    return record;
  }

  find(catalog: string, kind: RecordKind, id: string): SimulatedRecord | undefined {
    const record = this.#records.get(`${kind}/${id}`);
    return record?.catalog === catalog ? record : undefined;
  }

  /** An id that this kind does not have yet. */
  newId(kind: RecordKind, invent: () => string): string {
    let id = invent();
    while (this.#records.has(`${kind}/${id}`)) id = invent();
    return id;
  }

  /** By `<catalog>/<kind>/<id>`. Bodies are never changed in place: what is returned stays as it is. */
  byPath(): ReadonlyMap<string, SimulatedRecord> {
    return new Map([...this.#records.values()].map((record) => [recordPath(record), record]));
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
