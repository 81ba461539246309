import { describe, expect, it } from 'vitest';
import { counted, printDetails, printRows, spanText } from '../../../bin/pcr/output.ts';
import { plainScreen } from '../../../bin/pcr/screen.ts';
import { type Column, details, printable, table } from '../../../bin/pcr/table.ts';

interface Row {
  readonly id: string;
  readonly count: number;
}

const columns: readonly Column<Row>[] = [
  { head: 'ID', value: ({ id }) => id },
  { head: 'COUNT', value: ({ count }) => count },
];
const rows = [
  { id: 'a', count: 1 },
  { id: 'longer', count: 20 },
];

describe('a table', () => {
  it('has columns without borders and colors', () => {
    expect(table(columns, rows, plainScreen)).toBe(['ID      COUNT', 'a       1', 'longer  20'].join('\n'));
  });

  it('prints a dash for a missing value, and yes and no as words', () => {
    const cells: readonly Column<string | boolean | undefined>[] = [{ head: 'X', value: (value) => value }];
    expect(table(cells, ['', undefined, true, false], plainScreen)).toBe(
      ['X', '-', '-', 'yes', 'no'].join('\n'),
    );
  });

  it('replaces control characters that would move the cursor or hide text', () => {
    expect(printable('a\u001b[2Kb\r\nc\u202ed\u0007')).toBe('a [2Kb cd ');
    expect(table(columns, [{ id: 'x\u001b[1Ay', count: 1 }], plainScreen)).not.toContain('\u001b');
  });
});

describe('details', () => {
  it('leave out undefined values', () => {
    const pairs = [['id', 'ep_crm'] as const, ['rate', undefined] as const, ['enabled', false] as const];
    expect(details(pairs, plainScreen)).toBe('id:       ep_crm\nenabled:  no');
  });
});

const printed = (json: boolean | undefined, given: readonly Row[]) => {
  const out: string[] = [];
  const err: string[] = [];
  const io = {
    print: (text: string) => void out.push(text),
    note: (text: string) => void err.push(text),
    out: plainScreen,
  };
  printRows(given, { columns, nothing: 'Nothing there.' }, { json }, io);
  return { out, err };
};

describe('printRows', () => {
  it('prints a table for people', () => {
    expect(printed(undefined, rows)).toEqual({ out: [table(columns, rows, plainScreen)], err: [] });
  });

  it('prints one JSON document for scripts, even without rows', () => {
    expect(printed(true, rows).out.map((text) => JSON.parse(text))).toEqual([rows]);
    expect(printed(true, [])).toEqual({ out: ['[]'], err: [] });
  });

  it('leaves standard output empty if there are no rows', () => {
    expect(printed(false, [])).toEqual({ out: [], err: ['Nothing there.'] });
  });
});

describe('printDetails', () => {
  it('prints names and values, or JSON', () => {
    const out: string[] = [];
    const io = { print: (text: string) => void out.push(text), out: plainScreen };
    printDetails({ id: 1 }, [['id', 1]], {}, io);
    printDetails({ id: 1 }, [['id', 1]], { json: true }, io);
    expect(out).toEqual(['id:  1', '{\n  "id": 1\n}']);
  });
});

describe('spanText', () => {
  it.each([
    [0, '0 ms'],
    [999, '999 ms'],
    [1_000, '1 s'],
    [119_999, '1 min'],
    [3_600_000, '1 h'],
    [172_800_000, '2 d'],
  ])('writes %i ms as %s', (ms, text) => {
    expect(spanText(ms)).toBe(text);
  });
});

describe('counted', () => {
  it('adds the singular or plural noun', () => {
    expect([counted(1, 'row'), counted(0, 'row'), counted(2, 'delivery', 'deliveries')]).toEqual([
      '1 row',
      '0 rows',
      '2 deliveries',
    ]);
  });
});
