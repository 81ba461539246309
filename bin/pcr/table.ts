import { fitColumns, type Width } from './column-widths.ts';
import { type Screen, type Style, stateStyle, truncate, widthOf, wrap } from './screen.ts';

export type Cell = string | number | boolean | undefined;

export interface Column<Row> {
  readonly head: string;
  readonly value: (row: Row) => Cell;
  /**
   * Where a terminal is too narrow: ids are never cut, long texts first.
   * @default 'last': after long texts
   */
  readonly cut?: 'never' | 'first' | 'last';
  /** Colors words that mean success, waiting or failure. @default false */
  readonly isState?: boolean;
  /** Keeps the milliseconds of a timestamp, because it is a value of a record. @default false */
  readonly isExact?: boolean;
}

/**
 * Columns with two spaces between them. On a narrow terminal long texts are cut, and columns that
 * still do not fit follow below their row.
 */
export function table<Row>(columns: readonly Column<Row>[], rows: readonly Row[], screen: Screen): string {
  const texts = rows.map((row) => columns.map(({ value, isExact }) => cellText(value(row), isExact)));
  const natural = columns.map(({ head }, at) =>
    Math.max(widthOf(head), ...texts.map((row) => widthOf(row[at] ?? ''))),
  );
  const widths = fitColumns(
    columns.map(({ cut = 'last' }, at) => ({ cut, natural: natural[at] ?? 0 })),
    screen.columns,
  );
  const heading = lineOf(
    columns.map(({ head }) => head),
    widths,
    () => 'heading',
    screen,
  );
  const styleOf = (at: number, text: string) => (columns[at]?.isState ? stateStyle(text) : undefined);
  const lines = texts.flatMap((row) => [
    lineOf(row, widths, styleOf, screen),
    ...lineBelow(row, columns, widths, screen),
  ]);
  return [heading, ...lines].join('\n');
}

function lineOf(
  texts: readonly string[],
  widths: readonly Width[],
  styleOf: (at: number, text: string) => Style | undefined,
  screen: Screen,
): string {
  const cells = texts.flatMap((text, at) => {
    const width = widths[at];
    if (width === undefined) return [];
    const cut = truncate(text, width);
    const style = styleOf(at, text);
    const padding = ' '.repeat(Math.max(0, width - widthOf(cut)));
    return [`${style ? screen.style(style, cut) : cut}${padding}`];
  });
  return cells.join('  ').trimEnd();
}

/** What does not fit into the line of a row, with the name of its column. */
function lineBelow<Row>(
  texts: readonly string[],
  columns: readonly Column<Row>[],
  widths: readonly Width[],
  { columns: width = 0 }: Screen,
): readonly string[] {
  const below = texts.flatMap((text, at) => {
    if (widths[at] !== undefined || text === nothing) return [];
    // A text without spaces, such as a Japanese title, has no place where it can be wrapped.
    const words =
      columns[at]?.cut === 'never' ? text : text.replaceAll(/\S+/g, (word) => truncate(word, width - 4));
    return [`${columns[at]?.head.toLowerCase()}: ${words}`];
  });
  return below.length === 0 ? [] : [`    ${wrap(below.join(', '), width - 4, '    ')}`];
}

const stateNames = /^(?:status|state|outcome|breaker):$/i;

/** Names and values, one per line. Undefined values are left out. */
export function details(pairs: readonly (readonly [name: string, value: Cell])[], screen: Screen): string {
  const given = pairs.flatMap(([name, value]) =>
    value === undefined ? [] : [[`${name}:`, cellText(value)] as const],
  );
  const nameWidth = Math.max(0, ...given.map(([name]) => widthOf(name))) + 2;
  const valueWidth = screen.columns && Math.max(20, screen.columns - nameWidth);
  return given
    .map(([name, text]) => {
      const style = stateNames.test(name) ? stateStyle(text) : undefined;
      const value = wrap(text, valueWidth, ' '.repeat(nameWidth));
      const padding = ' '.repeat(nameWidth - widthOf(name));
      return `${screen.style('heading', name)}${padding}${style ? screen.style(style, value) : value}`;
    })
    .join('\n');
}

/**
 * Makes a text safe for one line of a terminal. Titles and answers of receivers come from outside
 * and could move the cursor or hide other output: control characters are replaced.
 */
export function printable(text: string): string {
  return text.replaceAll(/\p{Cc}+/gu, ' ').replaceAll(/\p{Bidi_Control}/gu, '');
}

/** Writes the timestamps in a text as people read them: UTC, to the second. */
export function withTimes(text: string): string {
  return text.replaceAll(/\b(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})\.\d{3}Z\b/g, '$1Z');
}

const nothing = '-';

function cellText(value: Cell, isExact = false): string {
  if (value === undefined || value === '') return nothing;
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  const text = printable(String(value));
  return isExact ? text : withTimes(text);
}
