import { deliveryIdIn, problemsOfEntry } from '../../../lambdas/adapters/delivery-item.ts';
import { clientPartition, parseClientItem } from '../../../lambdas/adapters/dynamodb-client-store.ts';
import { gateAttributes } from '../../../lambdas/adapters/dynamodb-endpoint-gate.ts';
import { parseEndpointItem } from '../../../lambdas/adapters/dynamodb-endpoint-store.ts';
import type { Item } from '../../../lambdas/adapters/record-content.ts';
import {
  currentAttributes,
  intentAttributes,
  parseState,
  parseVersion,
  versionAttributes,
} from '../../../lambdas/adapters/record-item.ts';
import { partKeysOf } from '../../../lambdas/adapters/record-parts.ts';
import { parseItem } from '../../../lambdas/adapters/unreadable-item.ts';
import { addMs, type Instant, parseInstant } from '../../../lambdas/core/instant.ts';
import { intentPartition, parseIntentSortKey } from '../../../lambdas/core/intent-key.ts';
import { isFailure } from '../../../lambdas/core/service-error.ts';
import { parsePartKey, recordTable } from '../../../lambdas/core/tables.ts';
import { problemsOf } from '../../../lambdas/core/unreadable.ts';
import { replayProblems } from './dynamodb-replay-rows.ts';
import { lineProblems } from './line-problems.ts';

const hourMs = 3_600_000;
/** Longer than any wait between two attempts (24 h and 20 %), and than any lease. */
export const longestWaitMs = 36 * hourMs;

/**
 * Returns what is invalid in an item of table Records or Webhooks, also if its due time lies so far
 * ahead that no worker will find it. Names attributes, never values.
 */
export function rowProblems(item: Item, now: Instant): readonly string[] {
  const { pk, sk } = item;
  if (pk === 'endpoint') return endpointProblems(item);
  if (pk === clientPartition) return clientProblems(item);
  if (pk === 'gate') return problemsOf(gateAttributes, item);
  // What release 0.1.0 knew of an endpoint's workers and breaker. Later ones ignore it.
  // cspell:disable-next-line
  if (pk === 'lanes') return [];
  if (pk === 'replay') return replayProblems(item);
  if (pk === intentPartition) return intentProblems(item);
  if (sk === 'delivery') return deliveryProblems(item, now);
  if (sk === recordTable.currentSortKey) return recordProblems(item, parseState, currentAttributes);
  if (typeof sk === 'string' && sk.startsWith(recordTable.versionSortKeyPrefix))
    return versionProblems(item, now);
  if (parsePartKey({ pk: String(pk), sk: String(sk) }))
    return item['part'] instanceof Uint8Array
      ? []
      : ['part: not binary; allowed: a piece of compressed JSON'];
  return lineProblems(item) ?? ['pk, sk: unknown; allowed: the keys in the data dictionary'];
}

function intentProblems(item: Item): readonly string[] {
  const isNamed = parseIntentSortKey(String(item['sk'])) !== undefined;
  return isNamed ? problemsOf(intentAttributes, item) : ['sk: unknown; allowed: the key of an intent'];
}

function endpointProblems(item: Item): readonly string[] {
  const parsed = parseEndpointItem(item);
  return 'problems' in parsed ? parsed.problems : [];
}

function clientProblems(item: Item): readonly string[] {
  const parsed = parseClientItem(item);
  return 'problems' in parsed ? parsed.problems : [];
}

function deliveryProblems(item: Item, now: Instant): readonly string[] {
  const { pk, id, status, due, dueAt } = item;
  const ofKey = deliveryIdIn(pk) === id ? [] : ['id: another id; allowed: the id in the key'];
  const late = status === 'pending' ? dueProblems(['due', due], ['dueAt', dueAt], now) : [];
  return [...ofKey, ...problemsOfEntry(item), ...late];
}

function versionProblems(item: Item, now: Instant): readonly string[] {
  const { outbox, outboxDueAt } = item;
  const isInOutbox = outbox !== undefined || outboxDueAt !== undefined;
  const isSetAside = outbox === 'unreadable';
  const late =
    isInOutbox && !isSetAside ? dueProblems(['outbox', outbox], ['outboxDueAt', outboxDueAt], now) : [];
  return [...recordProblems(item, parseVersion, versionAttributes), ...late];
}

type Named = readonly [name: string, value: unknown];

/** Checks the keys of an index by due time. */
function dueProblems([partition, kind]: Named, [sort, dueAt]: Named, now: Instant): readonly string[] {
  const latest = addMs(now, longestWaitMs);
  const isValid = typeof dueAt === 'string' && parseInstant(dueAt) !== undefined && dueAt <= latest;
  return [
    ...(kind === 'pending' ? [] : [`${partition}: another value; allowed: pending`]),
    ...(isValid ? [] : [`${sort}: not a time that comes soon; allowed: a date-time within 36 hours`]),
  ];
}

function recordProblems(
  item: Item,
  parse: (item: Item) => unknown,
  attributes: Parameters<typeof parseItem>[2],
): readonly string[] {
  // The parts are rows of their own.
  const { payloadParts, changesParts } = item;
  const whole = {
    ...item,
    ...(payloadParts !== undefined && { payload: {} }),
    ...(changesParts !== undefined && { changes: [] }),
  };
  try {
    parseItem(whole, (each) => [partKeysOf(item), parse(each)], attributes);
    return [];
  } catch (error) {
    if (isFailure(error, 'record.unreadable')) return error.details.problems;
    throw error;
  }
}
