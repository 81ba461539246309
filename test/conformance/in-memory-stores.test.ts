import { describe } from 'vitest';
import { inMemoryRecordStore } from '../fakes/in-memory-record-store.ts';
import { recordInterleavingSuite } from './record-interleaving-suite.ts';
import { recordStoreSuite } from './record-store-suite.ts';

describe('record store', () => {
  recordStoreSuite(async () => inMemoryRecordStore());
  recordInterleavingSuite(async () => inMemoryRecordStore(), 2_000);
});
