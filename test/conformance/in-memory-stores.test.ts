import { describe } from 'vitest';
import { inMemoryRecordStore } from '../fakes/in-memory-record-store.ts';
import { recordInterleavingSuite } from './record-interleaving-suite.ts';
import { recordPayloadSuite } from './record-payload-suite.ts';
import { recordStoreSuite } from './record-store-suite.ts';

describe('record store', () => {
  const newStore = async () => inMemoryRecordStore();
  recordStoreSuite(newStore);
  recordPayloadSuite(newStore, 500);
  recordInterleavingSuite(newStore, 2_000);
});
