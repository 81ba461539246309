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
    return Buffer.from(stringify([...header, ...lines]));
  };
  return { encode, end: () => (isFirst ? encode([]) : nothing) };
}

function toText(value: ExportValue): string | undefined {
  if (typeof value === 'boolean') return String(value);
  if (typeof value === 'number' || value instanceof ExactNumber) return amountText(value) ?? String(value);
  return value === undefined ? undefined : escapeFormula(value);
}

/** The signs with which a formula begins, and their full-width forms. */
const formulaStart = /^[=+\-@\t\r\uFF1D\uFF0B\uFF0D\uFF20]/;
const plainNumber = /^-?\d+(?:\.\d+)?$/;

/** Spreadsheets would run a title that begins like a formula. The apostrophe makes it a text. */
function escapeFormula(text: string): string {
  return formulaStart.test(text) && !plainNumber.test(text) ? `'${text}` : text;
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
