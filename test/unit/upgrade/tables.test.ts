import { expect, test } from 'vitest';
import type { Json } from '../../../lambdas/core/json.ts';
import { compareTables } from '../../upgrade/tables.ts';

const keys = [{ AttributeName: 'pk', KeyType: 'HASH' }];

function index(name: string, projection = 'KEYS_ONLY'): Json {
  return { IndexName: name, KeySchema: keys, Projection: { ProjectionType: projection } };
}

function table(...indexes: readonly Json[]): Json {
  return { KeySchema: keys, GlobalSecondaryIndexes: indexes };
}

function compare(before: Json, after: Json) {
  return compareTables(new Map([['Records', before]]), new Map([['Records', after]]));
}

test('a release that leaves the tables alone, or adds one index, updates in one step', () => {
  expect(compare(table(index('a')), table(index('a')))).toEqual({ lossy: [], tooMany: [] });
  expect(compare(table(index('a')), table(index('a'), index('b')))).toEqual({ lossy: [], tooMany: [] });
});

test('an index that is deleted beside one that is created needs two updates', () => {
  expect(compare(table(index('a')), table(index('b'))).tooMany).toEqual(['Records creates b, deletes a']);
});

test('an index of the same name with another projection is reported, because AWS cannot change it', () => {
  expect(compare(table(index('a')), table(index('a', 'ALL'))).lossy).toEqual([
    'Records: the index a cannot be changed; add one with another name',
  ]);
});

test('another key schema is reported, because AWS replaces the table', () => {
  const after = { KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }], GlobalSecondaryIndexes: [] };
  expect(compareTables(new Map([['Records', table()]]), new Map([['Records', after]])).lossy).toEqual([
    'Records is replaced: KeySchema differs',
  ]);
});

test('a table without its logical id is reported, because its data would stay behind', () => {
  expect(compareTables(new Map([['Records', table()]]), new Map()).lossy).toEqual([
    'the table Records has no resource any more: its data stays in a table that nothing uses',
  ]);
});
