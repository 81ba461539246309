import { stringify } from 'csv-stringify/sync';
import { ExactNumber } from '../../../lambdas/core/exact-number.ts';
import { stringifyJson } from '../../../lambdas/core/json-text.ts';
import { amountText } from './amount.ts';
import type { ExportColumns, ExportRow, ExportValue } from './columns.ts';
import type { RowEncoder } from './row-encoder.ts';

const nothing = new Uint8Array();

/** Comma-separated values with a header line. */
export function csvEncoder(columns: ExportColumns): RowEncoder {
  const names = Object.keys(columns);
  let isFirst = true;
  const encode = (rows: readonly ExportRow[]): Uint8Array => {
    const lines = rows.map((row) => names.map((name) => toText(row[name])));
    const header = isFirst ? [names] : [];
    isFirst = false;
    // Spreadsheets would run titles that begin like a formula.
    return Buffer.from(stringify([...header, ...lines], { escape_formulas: true }));
  };
  return { encode, end: () => (isFirst ? encode([]) : nothing) };
}

function toText(value: ExportValue): string | number | undefined {
  if (typeof value === 'boolean') return String(value);
  if (typeof value === 'number' || value instanceof ExactNumber) return amountText(value) ?? String(value);
  return value;
}

/** A JSON object on each line. A column without a value is null: all lines have all columns. */
export function ndjsonEncoder(columns: ExportColumns): RowEncoder {
  const names = Object.keys(columns);
  return {
    encode(rows) {
      const lines = rows.map((row) => {
        const members = names.map((name) => [name, toJson(row[name])] as const);
        return `${stringifyJson(Object.fromEntries(members))}\n`;
      });
      return Buffer.from(lines.join(''));
    },
    end: () => nothing,
  };
}

/** Numbers have all their digits, and no exponent. */
function toJson(value: ExportValue): ExportValue | null {
  if (typeof value !== 'number' && !(value instanceof ExactNumber)) return value ?? null;
  const text = amountText(value);
  return text === undefined || text === String(value) ? value : new ExactNumber(text);
}
