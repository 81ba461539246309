import { describe } from 'vitest';
import { inMemoryDeliveryStore } from '../fakes/in-memory-delivery-store.ts';
import { inMemoryEndpointGateStore } from '../fakes/in-memory-endpoint-gate.ts';
import { inMemoryEndpointStore } from '../fakes/in-memory-endpoint-store.ts';
import { inMemoryPassStore } from '../fakes/in-memory-pass-store.ts';
import { inMemoryQuotaLedger } from '../fakes/in-memory-quota-ledger.ts';
import { inMemoryRecordIndex } from '../fakes/in-memory-record-index.ts';
import { inMemoryRecordStore } from '../fakes/in-memory-record-store.ts';
import { inMemorySightings } from '../fakes/in-memory-sightings.ts';
import { deliveryStoreSuite } from './delivery-store-suite.ts';
import { endpointAdminSuite } from './endpoint-admin-suite.ts';
import { endpointGateSuite } from './endpoint-gate-suite.ts';
import { endpointStoreSuite } from './endpoint-store-suite.ts';
import { passStoreSuite } from './pass-store-suite.ts';
import { quotaLedgerSuite } from './quota-ledger-suite.ts';
import { recordIndexSuite } from './record-index-suite.ts';
import { recordInterleavingSuite } from './record-interleaving-suite.ts';
import { recordPayloadSuite } from './record-payload-suite.ts';
import { recordRedactionSuite } from './record-redaction-suite.ts';
import { recordStoreSuite } from './record-store-suite.ts';
import { sightingsSuite } from './sightings-suite.ts';

const newStore = async () => inMemoryRecordStore();

describe('record store in memory', () => {
  recordStoreSuite(newStore);
  recordPayloadSuite(newStore, 100);
  recordInterleavingSuite(newStore, 1_500);
  recordRedactionSuite(newStore);
});

describe('record index in memory', () => {
  recordIndexSuite(async () => {
    const records = inMemoryRecordStore();
    return { records, index: inMemoryRecordIndex(records) };
  });
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

describe('endpoint gates in memory', () => {
  endpointGateSuite(async () => inMemoryEndpointGateStore());
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
