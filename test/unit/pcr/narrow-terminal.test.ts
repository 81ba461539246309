import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { type Screen, stateStyle, truncate, wrap } from '../../../bin/pcr/screen.ts';
import { type Column, details, table } from '../../../bin/pcr/table.ts';

const screenOf = (columns: number | undefined): Screen => ({ columns, style: (_, text) => text });
/** Marks what is coloured. */
const colored: Screen = { columns: 80, style: (style, text) => `<${style}>${text}</${style}>` };

interface Row {
  readonly id: string;
  readonly title: string;
  readonly stage: string;
}

const columns: readonly Column<Row>[] = [
  { head: 'ID', value: ({ id }) => id, cut: 'never' },
  { head: 'STAGE', value: ({ stage }) => stage },
  { head: 'TITLE', value: ({ title }) => title, cut: 'first' },
];
const id = 'dlv_0123456789abcdef0123456789abcdef';
const long = 'Migration of the data warehouse of the whole group, in three phases';
const rows: readonly Row[] = [
  { id, title: long, stage: 'Technical Validation' },
  { id, title: '日本語のとても長い案件名がここにあります、そして続きます、まだまだ', stage: 'Qualified' },
  {
    id,
    title:
      '👩‍💻👩‍💻👩‍💻👩‍💻👩‍💻👩‍💻👩‍💻👩‍💻👩‍💻👩‍💻👩‍💻👩‍💻👩‍💻👩‍💻👩‍💻👩‍💻👩‍💻👩‍💻👩‍💻👩‍💻👩‍💻👩‍💻👩‍💻👩‍💻👩‍💻👩‍💻👩‍💻👩‍💻👩‍💻',
    stage: 'Launched',
  },
];

const widest = (text: string) => Math.max(...text.split('\n').map((line) => stringWidth(line)));

describe('a table on a terminal', () => {
  it('cuts long texts by the columns that they take, and never an id', () => {
    const lines = table(columns, rows, screenOf(80)).split('\n');
    expect(lines).toHaveLength(4);
    expect(widest(lines.join('\n'))).toBeLessThanOrEqual(80);
    for (const line of lines.slice(1)) {
      expect(line).toContain(id);
      expect(line).toMatch(/…$/);
    }
    expect(lines[1]).toBe(`${id}  Technical Validation  Migration of the da…`);
  });

  it.each([40, 60, 72, 80, 100])('fits %i columns, also with wide characters', (width) => {
    expect(widest(table(columns, rows, screenOf(width)))).toBeLessThanOrEqual(width);
  });

  it('puts whole below its row what has no place beside it', () => {
    const lines = table(columns, rows.slice(0, 1), screenOf(60)).split('\n');
    expect(lines).toEqual([
      `ID                                    STAGE`,
      `${id}  Technical Validation`,
      '    title: Migration of the data warehouse of the whole',
      '    group, in three phases',
    ]);
  });

  it('keeps an id whole that is wider than the terminal', () => {
    expect(table(columns, rows.slice(0, 1), screenOf(20))).toContain(id);
  });

  it('is whole in a file', () => {
    expect(table(columns, rows, screenOf(undefined))).toContain(long);
  });
});

describe('colors', () => {
  const states: readonly Column<string>[] = [{ head: 'STATUS', value: (row) => row, isState: true }];

  it('mark headings and states, which the text says too', () => {
    expect(table(states, ['delivered', 'pending', 'exhausted', 'skipped'], colored).split('\n')).toEqual([
      '<heading>STATUS</heading>',
      '<good>delivered</good>',
      '<caution>pending</caution>',
      '<bad>exhausted</bad>',
      'skipped',
    ]);
    expect(details([['status', 'failed'] as const, ['reason', 'failed to connect'] as const], colored)).toBe(
      '<heading>status:</heading>  <bad>failed</bad>\n<heading>reason:</heading>  failed to connect',
    );
  });

  it('know a state by its first words', () => {
    expect(['disabled since 2026-03-01', 'under way', 'ACCEPTED', 'open', ''].map(stateStyle)).toEqual([
      'bad',
      'caution',
      'good',
      undefined,
      undefined,
    ]);
  });
});

describe('times', () => {
  const at: readonly Column<string>[] = [{ head: 'AT', value: (row) => row }];

  it('are printed to the second, in UTC', () => {
    expect(table(at, ['2026-03-01T10:00:00.123Z'], screenOf(80))).toBe('AT\n2026-03-01T10:00:00Z');
    expect(details([['at', 'open until 2026-03-01T10:00:00.123Z'] as const], screenOf(80))).toBe(
      'at:  open until 2026-03-01T10:00:00Z',
    );
  });

  it('keep their milliseconds where they are values of a record', () => {
    const exact = at.map((column) => ({ ...column, isExact: true }));
    expect(table(exact, ['2026-03-01T10:00:00.123Z'], screenOf(80))).toContain('.123Z');
  });
});

describe('a text on a terminal', () => {
  it.each([
    ['short', 10, 'short'],
    ['exactly ten', 11, 'exactly ten'],
    ['one more than', 12, 'one more th…'],
    ['ends at a word', 5, 'ends…'],
    ['日本語', 5, '日本…'],
    ['日本語', 4, '日…'],
    ['e\u0301e\u0301e\u0301', 2, 'e\u0301…'],
  ])('keeps as much of %s as fits into %i columns', (text, width, cut) => {
    expect(truncate(text, width)).toBe(cut);
  });

  it('is wrapped between words and never inside of a command or an id', () => {
    expect(wrap(`Run \`pcr parked redrive --all\` for ${id} now`, 20, '  ')).toBe(
      `Run\n  \`pcr parked redrive --all\`\n  for\n  ${id}\n  now`,
    );
  });
});
