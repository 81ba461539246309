import { expect, it } from 'vitest';
import { failedItemIds } from '../../../../local/host/event-sources/batch-response.ts';

const all = ['a', 'b', 'c'];

it.each<[string, unknown, readonly string[]]>([
  ['nothing', undefined, []],
  ['null', null, []],
  ['an empty object', {}, []],
  ['an empty list', { batchItemFailures: [] }, []],
  ['null for the list', { batchItemFailures: null }, []],
  ['text', 'done', []],
  ['some items', { batchItemFailures: [{ itemIdentifier: 'c' }, { itemIdentifier: 'a' }] }, ['c', 'a']],
  ['an empty identifier', { batchItemFailures: [{ itemIdentifier: '' }] }, all],
  ['a null identifier', { batchItemFailures: [{ itemIdentifier: null }] }, all],
  ['a wrong key', { batchItemFailures: [{ identifier: 'a' }] }, all],
  ['an identifier of another batch', { batchItemFailures: [{ itemIdentifier: 'z' }] }, all],
])('failedItemIds of a response with %s', (_response, response, failed) => {
  expect(failedItemIds(response, all)).toEqual(failed);
});
