import Table from 'cli-table3';

export type Cell = string | number | boolean | undefined;

export interface Column<Row> {
  readonly head: string;
  readonly value: (row: Row) => Cell;
}

/** No borders and two spaces between columns, for `awk` and narrow terminals. */
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
  for (const row of rows) made.push(columns.map(({ value }) => cellText(value(row))));
  return withoutTrailingSpace(made.toString());
}

/** Names and values, one per line. Undefined values are left out. */
export function details(pairs: readonly (readonly [name: string, value: Cell])[]): string {
  const made = new Table(plain);
  for (const [name, value] of pairs) if (value !== undefined) made.push([`${name}:`, cellText(value)]);
  return withoutTrailingSpace(made.toString());
}

/**
 * Makes a text safe for one line of a terminal. Titles and answers of receivers come from outside
 * and could move the cursor or hide other output: control characters are replaced.
 */
export function printable(text: string): string {
  return text.replaceAll(/\p{Cc}+/gu, ' ').replaceAll(/\p{Bidi_Control}/gu, '');
}

function cellText(value: Cell): string {
  if (value === undefined || value === '') return '-';
  return typeof value === 'boolean' ? (value ? 'yes' : 'no') : printable(String(value));
}

function withoutTrailingSpace(text: string): string {
  return text.replaceAll(/[ ]+$/gm, '');
}
