import type { LineKey } from '../core/line.ts';
import type { LineUpdate } from '../ports/command-store.ts';
import { toAttributes } from './dynamodb-attributes.ts';
import { lineItemKey } from './line-item.ts';
import { packJson } from './packed-json.ts';

/** What an update changes in the item of a line, and when it may. */
interface Change {
  readonly sets?: Readonly<Record<string, unknown>>;
  readonly removes?: readonly string[];
  readonly adds?: Readonly<Record<string, number>>;
  readonly condition: string;
  /** Of the condition. */
  readonly values?: Readonly<Record<string, unknown>>;
}

/** An update of the item of a line. */
export function lineWrite(TableName: string, key: LineKey, change: Change) {
  const { sets = {}, removes = [], adds = {}, condition, values } = change;
  const names = [...namesOf(sets), ...namesOf(adds)].map((name) => [`#${name}`, name]);
  const clauses = [
    clause('SET', namesOf(sets), ' = '),
    ...(removes.length > 0 ? [`REMOVE ${removes.join(', ')}`] : []),
    clause('ADD', namesOf(adds), ' '),
  ];
  return {
    TableName,
    Key: toAttributes(lineItemKey(key)),
    UpdateExpression: clauses.filter(Boolean).join(' '),
    ConditionExpression: condition,
    ...(names.length > 0 && { ExpressionAttributeNames: Object.fromEntries(names) }),
    ExpressionAttributeValues: toAttributes({ ...newValues(sets), ...newValues(adds), ...values }),
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const,
  };
}

function namesOf(values: Readonly<Record<string, unknown>>): readonly string[] {
  return Object.keys(values).filter((name) => values[name] !== undefined);
}

function clause(verb: string, names: readonly string[], between: string): string {
  return names.length > 0
    ? `${verb} ${names.map((name) => `#${name}${between}:new_${name}`).join(', ')}`
    : '';
}

function newValues(values: Readonly<Record<string, unknown>>) {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [`:new_${name}`, value]));
}

/** What a worker changes on its line. The open call is packed: it has values of the record. */
export function changesOf({ openCall, answered, applied, lastTaskAt, fruitlessClaims }: LineUpdate) {
  return {
    sets: {
      openCall: openCall ? packJson(openCall) : undefined,
      answered: answered ?? undefined,
      applied,
      lastTaskAt,
      fruitlessClaims,
    },
    removes: [...(openCall === null ? ['openCall'] : []), ...(answered === null ? ['answered'] : [])],
  };
}

export const isOwn = 'claimId = :claimId';
export const isFree = 'attribute_not_exists(claimId)';
