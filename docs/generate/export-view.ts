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
  S: (path) => `json_extract_scalar(line, '${path}.S')`,
  N: (path) => `CAST(json_extract_scalar(line, '${path}.N') AS bigint)`,
  BOOL: (path) => `COALESCE(json_extract_scalar(line, '${path}.BOOL') = 'true', false)`,
  L: (path) => `json_format(json_extract(line, '${path}.L'))`,
  M: (path) => `json_format(json_extract(line, '${path}.M'))`,
  B: (path) => `json_extract_scalar(line, '${path}.B')`,
};

/**
 * Renders an Athena view on an export of the Records table: a row for each current item and each
 * version, with a column for each attribute and each member of the summary.
 */
export function renderExportView(): string {
  const [records] = recordItems.items;
  const attributes = Object.entries(records?.attributes ?? {}).filter(
    ([name]) => !internalAttributes.test(name),
  );
  const names = new Set(attributes.map(([name]) => name));
  const members = Object.entries(summaryMembers).filter(([name]) => !names.has(name));
  const columns = [
    ...attributes.map(([name, { type }]) => columnOf(name, columnExpressions[type](`$.Item.${name}`))),
    ...members.map(([name, { type }]) => columnOf(name, memberExpressions[type](`$.Item.summary.M.${name}`))),
  ];
  const view = [
    'CREATE OR REPLACE VIEW relay_records AS SELECT',
    columns.join(',\n'),
    // Intents, and parts of large content, have no kind.
    "FROM relay_export WHERE json_extract_scalar(line, '$.Item.kind.S') IS NOT NULL",
  ];
  return ['```text', ...view, '```'].join('\n');
}

/** An amount is no whole number. */
const memberExpressions = {
  ...columnExpressions,
  N: (path: string) => `CAST(json_extract_scalar(line, '${path}.N') AS double)`,
};

function columnOf(name: string, expression: string): string {
  return `  ${expression} AS ${toSnakeCase(name)}`;
}

/** Athena has no upper-case letters in names. */
function toSnakeCase(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
