import { expect, it } from 'vitest';
import { boundText, isWithin, timeText } from '../../../bench/measurement.ts';
import { measurements } from '../../../bench/measurements.ts';
import { detailLines, holdsBound, type Row, ratioText, tableOf } from '../../../bench/report.ts';
import { readResults } from '../../../bench/saved-results.ts';
import { renderPerformance } from '../../../docs/generate/performance.ts';

const row: Row = {
  measurement: { name: 'coldStart', title: 'Import of a function', bound: { atMost: 0.75 } },
  ratio: 0.7,
  ours: '70 ms, deliver',
  floor: '100 ms, default bundle',
  details: ['import in a fresh process'],
};

it('the table of npm run bench names ours beside what it is compared with, in at most 120 columns', () => {
  const long = { ...row, ours: 'a text with many words '.repeat(10), floor: 'another text '.repeat(20) };
  const printed = tableOf([row, long]);
  expect(printed).toMatch(/measurement +│ ours +│ compared with +│ ratio +│ bound/);
  expect(printed).toMatch(
    /✓ Import of a function +│ 70 ms, deliver +│ 100 ms, default bundle +│ 0\.7 +│ at most 0\.75/,
  );
  expect(printed).toMatch(/│ coldStart +│/);
  expect(Math.max(...printed.split('\n').map((line) => line.length))).toBeLessThanOrEqual(120);
});

it('the details of a measurement stand below the table, not in it', () => {
  expect(tableOf([row])).not.toContain('fresh process');
  expect(detailLines([row])).toEqual(['', 'Import of a function (coldStart)', '  import in a fresh process']);
});

it('a row holds its bound if its ratio is within it, or if it has none; a failed one never does', () => {
  expect(holdsBound(row)).toBe(true);
  expect(holdsBound({ ...row, ratio: 0.76 })).toBe(false);
  expect(holdsBound({ ...row, ratio: Number.NaN })).toBe(false);
  expect(isWithin(undefined, 1_000)).toBe(true);
  expect(isWithin(undefined, Number.NaN)).toBe(false);
  expect([boundText(undefined), boundText({ atLeast: 0.5 })]).toEqual(['–', 'at least 0.5']);
});

it('a count has a bound and no ratio', () => {
  const measurement = { name: 'eventsLost', title: 'Events lost', isCount: true, bound: { atMost: 0 } };
  const counted: Row = { measurement, ratio: 3, ours: '3 of 10 events', floor: 'none', details: [] };
  expect(tableOf([counted])).toMatch(/✗ Events lost +│ 3 of 10 events +│ none +│ – +│ at most 0/);
});

it('a duration below a second is printed in milliseconds, a longer one in seconds', () => {
  expect([870.4, 1_440].map(timeText)).toEqual(['870 ms', '1.4 s']);
});

it('a ratio has as many digits as it needs', () => {
  expect([0.87351, 12.345, 1_204.4, Number.NaN].map(ratioText)).toEqual(['0.874', '12.3', '1,204', '–']);
});

const saved = {
  name: 'coldStart',
  title: 'Import of a function',
  ours: '70 ms',
  floor: '100 ms',
  ratio: '0.7',
  bound: 'at most 0.75',
  holds: true,
  details: ['import < 1 s'],
  measuredOn: '2026-11-30',
  commit: 'abc1234',
  machine: 'a machine',
};

it('the document of the results numbers the runs that they come from', () => {
  const rendered = renderPerformance([saved, { ...saved, name: 'pcrStart', commit: 'def5678' }, saved]);
  expect(rendered).toContain(
    '| ✓ | Import of a function (`coldStart`) | 70 ms | 100 ms | 0.7 | at most 0.75 | 1 |',
  );
  expect(rendered).toContain(
    '| ✓ | Import of a function (`pcrStart`) | 70 ms | 100 ms | 0.7 | at most 0.75 | 2 |',
  );
  expect(rendered).toContain('1. 2026-11-30, commit abc1234, a machine.\n2. 2026-11-30, commit def5678');
  expect(rendered).toContain('- import &lt; 1 s');
});

it('each saved result is of a measurement of npm run bench, in their order, and has the bound of today', () => {
  const bounds = measurements.map(({ name, bound }) => `${name}: ${boundText(bound)}`);
  const savedBounds = readResults().map(({ name, bound }) => `${name}: ${bound}`);
  expect(savedBounds).toEqual(bounds.filter((each) => savedBounds.includes(each)));
});
