import type { DeliveryLog } from '../../bin/pcr/stores/delivery-log.ts';
import type { ErasureRows } from '../../bin/pcr/stores/erasure-rows.ts';
import { expirySecondsFrom } from '../../lambdas/adapters/delivery-item.ts';
import type { DeliveryId } from '../../lambdas/core/ids.ts';
import type { Ticket } from '../../lambdas/core/line.ts';
import { recordPath } from '../../lambdas/core/record.ts';
import type { RecordState, Version } from '../../lambdas/core/version.ts';
import type { CommandStore } from '../../lambdas/ports/command-store.ts';
import type { DeliveryStore } from '../../lambdas/ports/delivery-store.ts';
import type { RecordIndex } from '../../lambdas/ports/record-index.ts';
import type { RecordStore } from '../../lambdas/ports/record-store.ts';
import type { SolutionCache, SolutionListing } from '../../lambdas/ports/solution-cache.ts';
import {
  type CommandRows,
  emptyCommandRows,
  inMemoryCommandStore,
} from '../../test/fakes/in-memory-command-store.ts';
import { inMemoryCommandSwitch } from '../../test/fakes/in-memory-command-switch.ts';
import { inMemoryDeliveryLog } from '../../test/fakes/in-memory-delivery-log.ts';
import { type DeliveryRow, inMemoryDeliveryStore } from '../../test/fakes/in-memory-delivery-store.ts';
import { inMemoryEndpointGateStore } from '../../test/fakes/in-memory-endpoint-gate.ts';
import { inMemoryEndpointStore } from '../../test/fakes/in-memory-endpoint-store.ts';
import { inMemoryErasureRows } from '../../test/fakes/in-memory-erasure-rows.ts';
import { inMemoryPassStore } from '../../test/fakes/in-memory-pass-store.ts';
import { inMemoryQuotaLedger } from '../../test/fakes/in-memory-quota-ledger.ts';
import { inMemoryRecordIndex } from '../../test/fakes/in-memory-record-index.ts';
import {
  emptyRecordRows,
  inMemoryRecordStore,
  type RecordRows,
} from '../../test/fakes/in-memory-record-store.ts';
import { inMemorySightings } from '../../test/fakes/in-memory-sightings.ts';
import type { StoredRecords } from '../observation.ts';
import type { Faults } from './faults.ts';
import { LateIndex } from './late-index.ts';
import type { Scheduler } from './scheduler.ts';

export interface StorageDeps {
  readonly scheduler: Scheduler;
  readonly faults: Faults;
  /** Notified of each version that is stored. */
  readonly onStored: (version: Version) => void;
}

/** The three tables, on the fakes that pass the conformance suites of the adapters. */
export class Storage {
  readonly rows: RecordRows = emptyRecordRows();
  readonly commandRows: CommandRows = emptyCommandRows();
  readonly deliveryRows = new Map<DeliveryId, DeliveryRow>();
  readonly records: RecordStore;
  readonly index: RecordIndex;
  readonly deliveries: DeliveryStore;
  readonly deliveryLog: DeliveryLog;
  readonly erasureRows: ErasureRows;
  readonly endpoints = inMemoryEndpointStore();
  readonly commands: CommandStore;
  readonly commandSwitch = inMemoryCommandSwitch();
  readonly gates = inMemoryEndpointGateStore();
  readonly ledger = inMemoryQuotaLedger();
  readonly writeLedger = inMemoryQuotaLedger();
  readonly passes = inMemoryPassStore();
  readonly sightings = inMemorySightings();
  readonly solutionCache: SolutionCache = inMemorySolutionCache();

  readonly #nowMs: () => number;

  constructor(deps: StorageDeps) {
    this.#nowMs = deps.scheduler.nowMs;
    const records = inMemoryRecordStore(this.rows);
    const markIndex = new LateIndex('index outbox', this.rows.outboxDueAt, deps);
    this.records = {
      ...records,
      putVersion: async (version, intentDueAt) => {
        const current = this.state(recordPath(version));
        // A restore makes a new table. What a worker writes that began before goes to the old one.
        if (!current || current.version < version.version) return;
        if (current.version === version.version && current.messageId !== version.messageId) return;
        const isNew = !(await records.storesVersion(version));
        await records.putVersion(version, intentDueAt);
        if (isNew) deps.onStored(version);
      },
      dueMarks: (now, limit) =>
        inMemoryRecordStore({ ...this.rows, outboxDueAt: markIndex.view() }).dueMarks(now, limit),
    };
    const deliveries = inMemoryDeliveryStore(this.deliveryRows);
    const dueIndex = new LateIndex('index due', this.deliveryRows, deps);
    this.deliveries = {
      ...deliveries,
      due: (now, limit) => inMemoryDeliveryStore(dueIndex.view()).due(now, limit),
    };
    const lineIndex = new LateIndex('index of lines', this.commandRows.lines, deps);
    this.commands = {
      ...inMemoryCommandStore(this.rows, this.commandRows),
      dueLines: (now, limit) =>
        inMemoryCommandStore(this.rows, { ...this.commandRows, lines: lineIndex.view() }).dueLines(
          now,
          limit,
        ),
    };
    this.deliveryLog = inMemoryDeliveryLog(this.deliveryRows);
    this.erasureRows = inMemoryErasureRows(this.rows, this.deliveryRows);
    const stateIndex = new LateIndex('index of records', this.rows.states, deps);
    const view = (): RecordIndex => {
      const states = [...stateIndex.view().values()];
      return inMemoryRecordIndex({ ...records, states: () => states });
    };
    this.index = {
      readHeads: (keys) => inMemoryRecordIndex(records).readHeads(keys),
      findByEngagement: (...args) => view().findByEngagement(...args),
      findOpportunitiesByTitle: (...args) => view().findOpportunitiesByTitle(...args),
      findByPartnerId: (...args) => view().findByPartnerId(...args),
      findPendingInvitations: (...args) => view().findPendingInvitations(...args),
      findOpenOpportunities: (...args) => view().findOpenOpportunities(...args),
    };
  }

  /** Makes a delivery unreadable, or readable again. */
  editDelivery(id: DeliveryId, problems: readonly string[] | undefined): void {
    const row = this.deliveryRows.get(id);
    if (row) this.deliveryRows.set(id, { ...row, problems });
  }

  /** Deletes expired deliveries, as DynamoDB does within some days. */
  expireDeliveries(mayDelete: (row: DeliveryRow) => boolean): void {
    const nowSeconds = this.#nowMs() / 1_000;
    for (const [id, row] of this.deliveryRows)
      if (expirySecondsFrom(row.usedAt) < nowSeconds && mayDelete(row)) this.deliveryRows.delete(id);
  }

  /** What the checker reads. */
  stored(): StoredRecords {
    const ordered = [...this.rows.versions.values()].toSorted((a, b) => a.version - b.version);
    return { current: new Map(this.rows.states), versions: Map.groupBy(ordered, recordPath) };
  }

  /** Rows with a due time: work that is not finished. */
  unfinished(): readonly string[] {
    const deliveries = [...this.deliveryRows.values()].filter(({ status }) => status === 'pending');
    return [
      ...[...this.rows.outboxDueAt.keys()].map((path) => `version ${path} in the outbox`),
      ...[...this.rows.intents.keys()].map((key) => `intent ${key}`),
      ...this.#tickets().map(({ commandId, number }) => `${commandId}, ticket ${number}`),
      ...deliveries.map(({ id, version }) => `${id} of ${recordPath(version)} version ${version.version}`),
    ];
  }

  #tickets(): readonly Ticket[] {
    return [...this.commandRows.tickets.values()].flatMap((tickets) => [...tickets.values()]);
  }

  /** The earliest due time of a row, epoch milliseconds; infinity if there is none. */
  nextDueMs(): number {
    let next = Number.POSITIVE_INFINITY;
    for (const dueAt of this.rows.outboxDueAt.values()) next = Math.min(next, Date.parse(dueAt));
    for (const { intent, postponedTo } of this.rows.intents.values())
      next = Math.min(next, Date.parse(postponedTo ?? intent.dueAt));
    for (const { status, dueAt } of this.deliveryRows.values())
      if (status === 'pending' && dueAt !== undefined) next = Math.min(next, Date.parse(dueAt));
    for (const { dueAt } of this.commandRows.lines.values())
      if (dueAt !== undefined) next = Math.min(next, Date.parse(dueAt));
    return next;
  }

  /** The current state of a record. */
  state(path: string): RecordState | undefined {
    return this.rows.states.get(path);
  }
}

function inMemorySolutionCache(): SolutionCache {
  const listings = new Map<string, SolutionListing>();
  return {
    read: async (catalog) => listings.get(catalog),
    async write(catalog, listing) {
      listings.set(catalog, listing);
      return [];
    },
  };
}
