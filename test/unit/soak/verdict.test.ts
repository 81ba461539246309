import { expect, it } from 'vitest';
import type { Snapshot } from '../../../local/soak/snapshot.ts';
import { judgeSoak, type ObservedSoak } from '../../../local/soak/verdict.ts';

const mib = 2 ** 20;
const begin: Snapshot = {
  heapBytes: 30 * mib,
  functionBytes: 140 * mib,
  handles: { TCPSocketWrap: 100, Timeout: 10 },
  rows: { current: 40, version: 100, delivery: 100, quota: 1 },
  unfinished: [],
  parked: 0,
};
const end: Snapshot = { ...begin, rows: { ...begin.rows, version: 600, delivery: 600 } };
/** A hundred changes, one a second, each seen after a second. */
const changes = Array.from({ length: 100 }, (_, index) => ({ madeAtMs: 1_000 * index, lagMs: 1_000 }));
/** Of the process, once a second: it grows at first. */
const residentBytes = Array.from({ length: 60 }, (_, second) => Math.min(500, 300 + 10 * second) * mib);
const even: ObservedSoak = {
  residentBytes,
  begin,
  end,
  versionsReceived: 500,
  changes,
  lost: [],
  duplicates: [],
};

function missedRows(observed: ObservedSoak): readonly string[] {
  return judgeSoak(observed)
    .filter(({ holds }) => !holds)
    .map(({ what }) => what);
}

it('a soak holds if only versions and deliveries grow, by the versions that were received', () => {
  expect(missedRows(even)).toEqual([]);
});

it.each<[name: string, changed: Partial<Snapshot>, row: string]>([
  ['the heap grows', { heapBytes: 45 * mib }, 'heap of the host, without garbage'],
  ['the functions grow', { functionBytes: 180 * mib }, 'functions, without garbage'],
  [
    'sockets stay open',
    { handles: { ...begin.handles, TCPSocketWrap: 117 } },
    'sockets, timers and other handles',
  ],
  [
    'a new kind of handle appears',
    { handles: { ...begin.handles, FSWatcher: 17 } },
    'sockets, timers and other handles',
  ],
  ['a version has no delivery', { rows: { ...end.rows, delivery: 599 } }, 'rows of kind delivery'],
  [
    'a version is stored that was not received',
    { rows: { ...end.rows, version: 601 } },
    'rows of kind version',
  ],
  ['a row of another kind is left', { rows: { ...end.rows, outbox: 1 } }, 'rows of kind outbox'],
  ['a row is removed', { rows: { ...end.rows, current: 39 } }, 'rows of kind current'],
  ['a row is still due', { unfinished: ['dl_1'] }, 'rows that are due'],
  ['a message was parked', { parked: 1 }, 'messages parked'],
])('a soak fails if %s', (_name, changed, row) => {
  expect(missedRows({ ...even, end: { ...end, ...changed } })).toEqual([row]);
});

it('a soak fails if messages of the last quarter come later than those of the first', () => {
  const later = changes.map((change) => ({ ...change, lagMs: change.madeAtMs < 75_000 ? 1_000 : 3_001 }));
  expect(missedRows({ ...even, changes: later })).toEqual(['time to the message, 95th percentile']);
});

it('a soak fails if the process needs much more memory in the second half than in the first', () => {
  const growing = residentBytes.map((_, second) => (300 + 10 * second) * mib);
  expect(missedRows({ ...even, residentBytes: growing })).toEqual(['resident memory, highest of each half']);
});

it('a soak fails if no change was seen', () => {
  expect(missedRows({ ...even, changes: [] })).toEqual(['time to the message, 95th percentile']);
});

it('a soak fails if a change is lost or a version is made twice', () => {
  expect(missedRows({ ...even, lost: ['version 2 was not received'] })).toEqual([
    'changes and versions lost',
  ]);
  expect(missedRows({ ...even, duplicates: ['version 2 says nothing new'] })).toEqual(['duplicate versions']);
});
