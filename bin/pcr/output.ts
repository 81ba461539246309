import type { Io } from './io.ts';
import { type JsonOption, printJson } from './json.ts';
import { type Cell, type Column, details, table } from './table.ts';

/**
 * The rows as a table, or with `--json` as one list of them, as they are.
 * @param nothing said on standard error where there are none
 */
export function printRows<Row>(
  io: Pick<Io, 'print' | 'note'>,
  { json = false }: JsonOption,
  rows: readonly Row[],
  { columns, nothing }: { readonly columns: readonly Column<Row>[]; readonly nothing: string },
): void {
  if (json) printJson(io, rows);
  else if (rows.length === 0) io.note(nothing);
  else io.print(table(columns, rows));
}

/** One thing as names with values, or with `--json` as it is. */
export function printDetails(
  io: Pick<Io, 'print'>,
  { json = false }: JsonOption,
  value: unknown,
  pairs: readonly (readonly [name: string, value: Cell])[],
): void {
  if (json) printJson(io, value);
  else io.print(details(pairs));
}

const units = [
  { ms: 86_400_000, name: 'd' },
  { ms: 3_600_000, name: 'h' },
  { ms: 60_000, name: 'min' },
  { ms: 1_000, name: 's' },
] as const;

/** A span as people say it: `45 s`, `3 min`, `12 h`, `5 d`. Cut, not rounded. */
export function spanText(ms: number): string {
  const unit = units.find((each) => ms >= each.ms);
  return unit ? `${Math.floor(ms / unit.ms)} ${unit.name}` : `${Math.max(0, Math.floor(ms))} ms`;
}

/** `1 delivery`, `2 deliveries`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}
