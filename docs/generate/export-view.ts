import { recordItems } from './dictionary-records.ts';
import type { AttributeType } from './table-dictionary.ts';

/**
 * Attributes that only serve DynamoDB: keys of indexes that repeat another attribute, and what is
 * still to be done.
 */
const internalAttributes = /Key$|^(?:catalogKind(?:Status)?|modifiedAt|outbox(?:DueAt)?)$/;

/**
 * How Athena reads an attribute in DynamoDB's JSON. A view has no columns of type json, so that
 * lists and maps are text.
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
 * A view for Athena of the lines that an export of the Records table has: one column for each
 * attribute.
 */
export function renderExportView(): string {
  const attributes = recordItems.items.flatMap((items) => Object.entries(items.attributes));
  const columns = attributes
    .filter(([name]) => !internalAttributes.test(name))
    .map(([name, { type }]) => `  ${columnExpressions[type](`$.Item.${name}`)} AS ${toSnakeCase(name)}`);
  const view = ['CREATE OR REPLACE VIEW relay_records AS SELECT', columns.join(',\n'), 'FROM relay_export'];
  return ['```text', ...view, '```'].join('\n');
}

/** Athena knows no capital letters in names. */
function toSnakeCase(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
