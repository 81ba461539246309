import Table from 'cli-table3';

export type Cell = string | number | boolean | undefined;

export interface Column<Row> {
  readonly head: string;
  readonly value: (row: Row) => Cell;
}

/** No lines: columns stand two spaces apart, so that `awk` and a narrow terminal cope with them. */
const plain = {
  chars: {
    top: '',
    'top-mid': '',
    'top-left': '',
    'top-right': '',
    bottom: '',
    'bottom-mid': '',
    'bottom-left': '',
    'bottom-right': '',
    left: '',
    'left-mid': '',
    mid: '',
    'mid-mid': '',
    right: '',
    'right-mid': '',
    middle: '  ',
  },
  style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [] },
};

export function table<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string {
  const made = new Table({ ...plain, head: columns.map(({ head }) => head) });
  for (const row of rows) made.push(columns.map(({ value }) => shownCell(value(row))));
  return withoutTrailingSpace(made.toString());
}

/** Names with their values, one a line; those without a value are left out. */
export function details(pairs: readonly (readonly [name: string, value: Cell])[]): string {
  const made = new Table(plain);
  for (const [name, value] of pairs) if (value !== undefined) made.push([`${name}:`, shownCell(value)]);
  return withoutTrailingSpace(made.toString());
}

/**
 * A text for one line of a terminal. What others wrote, a title or the answer of a receiver, could move the cursor
 * or hide what stands above it: control characters are replaced.
 */
export function printable(text: string): string {
  return text.replaceAll(/\p{Cc}+/gu, ' ').replaceAll(/\p{Bidi_Control}/gu, '');
}

function shownCell(value: Cell): string {
  if (value === undefined || value === '') return '-';
  return typeof value === 'boolean' ? (value ? 'yes' : 'no') : printable(String(value));
}

function withoutTrailingSpace(text: string): string {
  return text.replaceAll(/[ ]+$/gm, '');
}
