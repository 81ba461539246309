import { recordItems } from './dictionary-records.ts';
import type { AttributeType } from './table-dictionary.ts';

/**
 * Attributes that only DynamoDB needs: index keys that repeat another attribute, and marks of
 * unfinished work.
 */
const internalAttributes = /Key$|^(?:catalogKind(?:Status)?|modifiedAt|outbox(?:DueAt)?)$/;

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

/** Renders an Athena view on an export of the Records table, with one column per attribute. */
export function renderExportView(): string {
  // Parts hold compressed bytes, which Athena cannot read.
  const [records] = recordItems.items;
  const columns = Object.entries(records?.attributes ?? {})
    .filter(([name]) => !internalAttributes.test(name))
    .map(([name, { type }]) => `  ${columnExpressions[type](`$.Item.${name}`)} AS ${toSnakeCase(name)}`);
  const view = [
    'CREATE OR REPLACE VIEW relay_records AS SELECT',
    columns.join(',\n'),
    "FROM relay_export WHERE json_extract_scalar(line, '$.Item.part.B') IS NULL",
  ];
  return ['```text', ...view, '```'].join('\n');
}

/** Athena has no upper-case letters in names. */
function toSnakeCase(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
