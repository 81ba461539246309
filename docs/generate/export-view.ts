import { recordItems, summaryMembers } from './dictionary-records.ts';
import type { AttributeType } from './table-dictionary.ts';

/**
 * Attributes that only DynamoDB needs: index keys that repeat another attribute, and marks of
 * unfinished work.
 */
const internalAttributes =
  /Key$|^(?:format|summary|catalogKind(?:Status|Day)?|modifiedAt|knownAt|intentDueAt|outbox(?:DueAt)?)$/;

/**
 * SQL that reads an attribute of each type from DynamoDB's JSON. Columns of a view cannot have the
 * type json, so lists and maps become text.
 */
const columnExpressions: Readonly<Record<AttributeType, (path: string) => string>> = {
  S: (path) => `json_extract_scalar(item, '${path}.S')`,
  N: (path) => `TRY_CAST(json_extract_scalar(item, '${path}.N') AS bigint)`,
  BOOL: (path) => `COALESCE(json_extract_scalar(item, '${path}.BOOL') = 'true', false)`,
  L: (path) => `json_format(json_extract(item, '${path}.L'))`,
  M: (path) => `json_format(json_extract(item, '${path}.M'))`,
  B: (path) => `json_extract_scalar(item, '${path}.B')`,
};

/** The file that `npm run docs` writes, from the root of the project. */
export const recordsViewFile = 'docs/athena/04-relay_records.sql';

/**
 * Renders an Athena view on exports of the Records table: a row for each current item and each
 * version, with a column for each attribute and each member of the summary.
 */
export function renderRecordsView(): string {
  const [records] = recordItems.items;
  const attributes = Object.entries(records?.attributes ?? {}).filter(
    ([name]) => !internalAttributes.test(name),
  );
  const names = new Set(attributes.map(([name]) => name));
  const members = Object.entries(summaryMembers).filter(([name]) => !names.has(name));
  const columns = [
    ...attributes.map(([name, { type }]) => columnOf(name, columnExpressions[type](`$.${name}`))),
    ...members.map(([name, { type }]) =>
      columnOf(name, (name === 'amount' ? amountExpression : columnExpressions[type])(`$.summary.M.${name}`)),
    ),
  ];
  return [
    '-- A row for each current item and each version, with a column for each attribute. `npm run docs`',
    '-- writes this file. Intents, and parts of large content, have no kind.',
    'CREATE OR REPLACE VIEW relay_records AS SELECT',
    columns.join(',\n'),
    "FROM relay_items WHERE json_extract_scalar(item, '$.kind.S') IS NOT NULL",
    '',
  ].join('\n');
}

/**
 * An amount is no whole number, and may have more digits than a column can hold. Then it is null:
 * a cast without TRY would make each query fail.
 */
const amountExpression = (path: string): string =>
  `TRY_CAST(json_extract_scalar(item, '${path}.N') AS decimal(18, 2))`;

function columnOf(name: string, expression: string): string {
  return `  ${expression} AS ${toSnakeCase(name)}`;
}

/** Athena has no upper-case letters in names. */
function toSnakeCase(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
