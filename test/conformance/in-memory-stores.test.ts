import { describe } from 'vitest';
import { inMemoryDeliveryStore } from '../fakes/in-memory-delivery-store.ts';
import { inMemoryEndpointStore } from '../fakes/in-memory-endpoint-store.ts';
import { inMemoryRecordStore } from '../fakes/in-memory-record-store.ts';
import { deliveryStoreSuite } from './delivery-store-suite.ts';
import { endpointStoreSuite } from './endpoint-store-suite.ts';
import { recordInterleavingSuite } from './record-interleaving-suite.ts';
import { recordPayloadSuite } from './record-payload-suite.ts';
import { recordStoreSuite } from './record-store-suite.ts';

const newStore = async () => inMemoryRecordStore();

describe('record store in memory', () => {
  recordStoreSuite(newStore);
  recordPayloadSuite(newStore, 100);
  recordInterleavingSuite(newStore, 1_500);
});

describe('delivery store in memory', () => {
  deliveryStoreSuite(async () => inMemoryDeliveryStore());
});

describe('endpoint store in memory', () => {
  endpointStoreSuite(async (endpoints) => inMemoryEndpointStore(endpoints));
});
