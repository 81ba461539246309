import { expect, it } from 'vitest';
import type { Snapshot } from '../../../local/soak/snapshot.ts';
import { judgeSoak, type ObservedSoak } from '../../../local/soak/verdict.ts';

const mib = 2 ** 20;
/** MiB of each function. */
function ofFunctions(deliver: number, hydrate: number): ReadonlyMap<string, number> {
  return new Map([
    ['deliver', deliver * mib],
    ['hydrate', hydrate * mib],
  ]);
}
const begin: Snapshot = {
  heapBytes: 30 * mib,
  functionBytes: ofFunctions(70, 70),
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
  left: [],
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
  ['the functions grow', { functionBytes: ofFunctions(91, 91) }, 'functions, without garbage'],
  ['one function grows', { functionBytes: ofFunctions(93, 70) }, 'functions, without garbage'],
  [
    'a function no longer answers',
    { functionBytes: new Map([['deliver', 70 * mib]]) },
    'functions, without garbage',
  ],
  ['no function answers', { functionBytes: new Map() }, 'functions, without garbage'],
  [
    'sockets stay open',
    { handles: { ...begin.handles, TCPSocketWrap: 117 } },
    'sockets, timers and other handles of the host',
  ],
  [
    'a new kind of handle appears',
    { handles: { ...begin.handles, FSWatcher: 17 } },
    'sockets, timers and other handles of the host',
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

it('a soak fails if work is left at the end', () => {
  expect(missedRows({ ...even, left: ['a queue or a function'] })).toEqual([
    'work left in queues and functions',
  ]);
});

it('a soak that one function fails names it', () => {
  const functionBytes = ofFunctions(93, 70);
  const row = judgeSoak({ ...even, end: { ...end, functionBytes } }).find(({ holds }) => !holds);
  expect(row?.end).toBe('163.0 MiB, deliver: 70.0 MiB to 93.0 MiB');
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
