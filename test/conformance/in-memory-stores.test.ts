import { describe } from 'vitest';
import type { DeliveryId } from '../../lambdas/core/ids.ts';
import { linePath } from '../../lambdas/core/line.ts';
import { recordPath } from '../../lambdas/core/record.ts';
import { lineKey } from '../builders/commands.ts';
import { inMemoryClientStore } from '../fakes/in-memory-client-store.ts';
import { emptyCommandRows, inMemoryCommandStore } from '../fakes/in-memory-command-store.ts';
import { inMemoryCommandSwitch, type SwitchRow } from '../fakes/in-memory-command-switch.ts';
import { inMemoryDeliveryLog } from '../fakes/in-memory-delivery-log.ts';
import { type DeliveryRow, inMemoryDeliveryStore } from '../fakes/in-memory-delivery-store.ts';
import { inMemoryEndpointGateStore } from '../fakes/in-memory-endpoint-gate.ts';
import { inMemoryEndpointStore } from '../fakes/in-memory-endpoint-store.ts';
import { inMemoryErasureRows } from '../fakes/in-memory-erasure-rows.ts';
import { inMemoryExportStore } from '../fakes/in-memory-export-store.ts';
import { inMemoryPassStore } from '../fakes/in-memory-pass-store.ts';
import { inMemoryQuotaLedger } from '../fakes/in-memory-quota-ledger.ts';
import { inMemoryRecordIndex } from '../fakes/in-memory-record-index.ts';
import { emptyRecordRows, inMemoryRecordStore, versionPath } from '../fakes/in-memory-record-store.ts';
import { inMemoryRequestCounter } from '../fakes/in-memory-request-counter.ts';
import { inMemorySightings } from '../fakes/in-memory-sightings.ts';
import { clientStoreSuite } from './client-store-suite.ts';
import { commandInterleavingSuite } from './command-interleaving-suite.ts';
import { commandStoreSuite } from './command-store-suite.ts';
import { commandSwitchSuite } from './command-switch-suite.ts';
import { deliveryLogSuite } from './delivery-log-suite.ts';
import { deliveryStoreSuite } from './delivery-store-suite.ts';
import { editedDeliverySuite } from './edited-delivery-suite.ts';
import { editedLineSuite } from './edited-line-suite.ts';
import { editedRecordSuite } from './edited-record-suite.ts';
import { endpointAdminSuite } from './endpoint-admin-suite.ts';
import { endpointGateEditSuite, endpointGateSuite } from './endpoint-gate-suite.ts';
import { endpointStoreSuite } from './endpoint-store-suite.ts';
import { erasureRowsSuite } from './erasure-rows-suite.ts';
import { exportStoreSuite } from './export-store-suite.ts';
import { passStoreSuite } from './pass-store-suite.ts';
import { quotaLedgerSuite } from './quota-ledger-suite.ts';
import { recordCommitSuite } from './record-commit-suite.ts';
import { recordIndexSuite } from './record-index-suite.ts';
import { recordInterleavingSuite } from './record-interleaving-suite.ts';
import { recordPayloadSuite } from './record-payload-suite.ts';
import { recordRedactionSuite } from './record-redaction-suite.ts';
import { recordStoreSuite } from './record-store-suite.ts';
import { requestCounterSuite } from './request-counter-suite.ts';
import { sightingsSuite } from './sightings-suite.ts';

const newStore = async () => inMemoryRecordStore();

const newCommandStores = async () => {
  const rows = emptyRecordRows();
  const [records, commands] = [inMemoryRecordStore(rows), inMemoryCommandStore(rows)];
  return { records, commands, deliveries: inMemoryDeliveryStore() };
};

describe('record store in memory', () => {
  recordStoreSuite(newStore);
  recordCommitSuite(newStore);
  recordPayloadSuite(newStore, 100);
  recordInterleavingSuite(newStore, 1_500);
  recordRedactionSuite(newStore);
  editedRecordSuite(async () => {
    const rows = emptyRecordRows();
    const problems = ['an attribute: edited; allowed: as it was'];
    return {
      records: inMemoryRecordStore(rows),
      rows: inMemoryErasureRows(rows, new Map()),
      editCurrent: async (key) => void rows.unreadable.set(recordPath(key), { isContent: true, problems }),
      editContent: async (ref) => void rows.unreadable.set(versionPath(ref), { isContent: true, problems }),
      editTopics: async (ref) => void rows.unreadable.set(versionPath(ref), { isContent: false, problems }),
    };
  });
});

describe('record index in memory', () => {
  recordIndexSuite(async () => {
    const records = inMemoryRecordStore();
    return { records, index: inMemoryRecordIndex(records) };
  });
});

describe('export store in memory', () => {
  exportStoreSuite(async () => inMemoryExportStore());
});

describe('sightings in memory', () => {
  sightingsSuite(async () => {
    const sightings = inMemorySightings();
    return () => sightings;
  });
});

describe('pass store in memory', () => {
  passStoreSuite(async () => inMemoryPassStore());
});

describe('delivery store in memory', () => {
  deliveryStoreSuite(async () => inMemoryDeliveryStore());
});

describe('delivery log in memory', () => {
  deliveryLogSuite(async () => {
    const rows = new Map<DeliveryId, DeliveryRow>();
    return { store: inMemoryDeliveryStore(rows), log: inMemoryDeliveryLog(rows) };
  });
  editedDeliverySuite(async () => {
    const rows = new Map<DeliveryId, DeliveryRow>();
    const edit = async (id: DeliveryId, problems: readonly string[] | undefined) => {
      const row = rows.get(id);
      if (row) rows.set(id, { ...row, problems });
    };
    return { store: inMemoryDeliveryStore(rows), log: inMemoryDeliveryLog(rows), edit };
  });
});

describe('erasure rows in memory', () => {
  erasureRowsSuite(async () => {
    const stored = emptyRecordRows();
    const rows = new Map<DeliveryId, DeliveryRow>();
    const [records, store] = [inMemoryRecordStore(stored), inMemoryDeliveryStore(rows)];
    const commandRows = emptyCommandRows();
    return {
      records,
      store,
      rows: inMemoryErasureRows(stored, rows, commandRows),
      log: inMemoryDeliveryLog(rows),
      commands: inMemoryCommandStore(stored, commandRows),
    };
  });
});

describe('endpoint gates in memory', () => {
  endpointGateSuite(async () => inMemoryEndpointGateStore());
  endpointGateEditSuite(async () => {
    const store = inMemoryEndpointGateStore();
    return { store, edit: async (attributes) => store.edit('ep_example', attributes) };
  });
});

describe('client store in memory', () => {
  clientStoreSuite(async (clients) => inMemoryClientStore(clients));
});

describe('endpoint store in memory', () => {
  endpointStoreSuite(async (endpoints) => inMemoryEndpointStore(endpoints));
  endpointAdminSuite(async () => inMemoryEndpointStore());
});

describe('quota ledger in memory', () => {
  quotaLedgerSuite(async () => {
    const store = inMemoryQuotaLedger();
    return { store, edit: async (attributes) => store.edit(attributes) };
  });
});

describe('command store in memory', () => {
  commandStoreSuite(newCommandStores);
  commandInterleavingSuite(newCommandStores, 1_500);
  editedLineSuite(async () => {
    const rows = emptyCommandRows();
    const problem = 'fruitlessClaims: a text; allowed: a whole number from 0 to 9999999999';
    const edit = async (isInvalid: boolean) => {
      if (isInvalid) rows.problems.set(linePath(lineKey), [problem]);
      else rows.problems.clear();
    };
    return { commands: inMemoryCommandStore(emptyRecordRows(), rows), edit };
  });
});

describe('command switch in memory', () => {
  commandSwitchSuite(async () => {
    const row: SwitchRow = { isPaused: false };
    return (recordTable) => inMemoryCommandSwitch(recordTable, row);
  });
});

describe('request counter in memory', () => {
  requestCounterSuite(async () => {
    const rows = new Map<string, number>();
    return () => inMemoryRequestCounter(rows);
  });
});
