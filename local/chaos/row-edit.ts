import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { rowProblems } from '../../bin/pcr/stores/row-problems.ts';
import { type Attributes, fromAttributes } from '../../lambdas/adapters/dynamodb-attributes.ts';
import type { Instant } from '../../lambdas/core/instant.ts';
import type { EditedKind, RowEdit } from './nemesis-generator.ts';

/** Values of every type. An edit gives an attribute a type that it does not have. */
const oddValues: readonly AttributeValue[] = [
  { S: 'edited' },
  { N: '-7.5' },
  { BOOL: true },
  { NULL: true },
  { L: [{ S: 'edited' }] },
  { M: { edited: { S: 'edited' } } },
  { B: Uint8Array.of(1, 2, 3) },
  { SS: ['edited'] },
];

/** An edit of one attribute. No value: the attribute did not exist, or is removed. */
export interface AttributeEdit {
  readonly name: string;
  readonly before: AttributeValue | undefined;
  readonly after: AttributeValue | undefined;
}

/** Not edited: the keys of an item, and what says whether it is in the outbox. */
const keptAttributes: ReadonlySet<string> = new Set(['pk', 'sk', 'intentDueAt', 'outbox', 'outboxDueAt']);

/**
 * Of the two counts of the quota ledger one has to stay valid: without both, the day's quota counts
 * as used up, for longer than a seed takes.
 */
const otherCount: ReadonlyMap<string, string> = new Map([
  ['hours', 'hoursTotal'],
  ['hoursTotal', 'hours'],
]);

/** Kinds of rows that the operator mends. Functions repair the others, or leave them out. */
export const mendedKinds: ReadonlySet<EditedKind> = new Set(['current', 'endpoint', 'version']);

/**
 * Chooses an edit of an item. A row that is mended is always made invalid: no promise covers a
 * valid row that says something else.
 * @param edited names of attributes of this row that were edited before
 */
export function chooseEdit(
  item: Attributes,
  { row, attribute, value }: Pick<RowEdit, 'row' | 'attribute' | 'value'>,
  edited: ReadonlySet<string>,
  now: Instant,
): AttributeEdit | undefined {
  const byName = Object.keys(item)
    .filter((name) => !keptAttributes.has(name) && !edited.has(otherCount.get(name) ?? ''))
    .toSorted()
    .map((name) => editsOf(item, name).filter((edit) => !mendedKinds.has(row) || isInvalid(item, edit, now)))
    .filter((edits) => edits.length > 0);
  const edits = byName[Math.floor(attribute * byName.length)] ?? [];
  return edits[Math.floor(value * edits.length)];
}

function editsOf(item: Attributes, name: string): readonly AttributeEdit[] {
  const before = item[name];
  const [type = ''] = Object.keys(before ?? {});
  const others = [...oddValues.filter((each) => !(type in each)), undefined];
  return others.map((after) => ({ name, before, after }));
}

function isInvalid(item: Attributes, { name, after }: AttributeEdit, now: Instant): boolean {
  const { [name]: _, ...others } = item;
  const edited = after === undefined ? others : { ...others, [name]: after };
  return rowProblems(fromAttributes(edited), now).length > 0;
}
