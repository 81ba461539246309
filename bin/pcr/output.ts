import type { Io } from './io.ts';
import { type JsonOption, printJson } from './json.ts';
import { type Cell, type Column, details, table } from './table.ts';

/**
 * Prints rows as a table, or with `--json` as one list.
 * @param nothing printed on standard error if there are no rows
 */
export function printRows<Row>(
  rows: readonly Row[],
  { columns, nothing }: { readonly columns: readonly Column<Row>[]; readonly nothing: string },
  { json = false }: JsonOption,
  io: Pick<Io, 'print' | 'note' | 'out'>,
): void {
  if (json) printJson(rows, io);
  else if (rows.length === 0) io.note(nothing);
  else io.print(table(columns, rows, io.out));
}

/** Prints one object as names and values, or with `--json` as JSON. */
export function printDetails(
  value: unknown,
  pairs: readonly (readonly [name: string, value: Cell])[],
  { json = false }: JsonOption,
  io: Pick<Io, 'print' | 'out'>,
): void {
  if (json) printJson(value, io);
  else io.print(details(pairs, io.out));
}

/** Says what was done in a sentence, or with `--json` as JSON. */
export function printDone(
  done: object,
  sentence: string,
  { json = false }: JsonOption,
  io: Pick<Io, 'print'>,
): void {
  if (json) printJson(done, io);
  else io.print(sentence);
}

const units = [
  { ms: 86_400_000, name: 'd' },
  { ms: 3_600_000, name: 'h' },
  { ms: 60_000, name: 'min' },
  { ms: 1_000, name: 's' },
] as const;

/** A duration for people: `45 s`, `3 min`, `12 h`, `5 d`. Rounded down. */
export function spanText(ms: number): string {
  const unit = units.find((each) => ms >= each.ms);
  return unit ? `${Math.floor(ms / unit.ms)} ${unit.name}` : `${Math.max(0, Math.floor(ms))} ms`;
}

/** `1 delivery`, `2 deliveries`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}
