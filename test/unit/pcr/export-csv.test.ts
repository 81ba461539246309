import { expect, it } from 'vitest';
import type { ExportColumns, ExportValue } from '../../../bin/pcr/export/columns.ts';
import { csvEncoder } from '../../../bin/pcr/export/text-encoders.ts';
import { parseNumber } from '../../../lambdas/core/exact-number.ts';

const columns = { value: { type: 'text', meaning: 'any value' } } satisfies ExportColumns;

function csvOf(value: ExportValue): string {
  const encoder = csvEncoder(columns);
  return Buffer.from(encoder.encode([{ value }])).toString();
}

it.each([
  [-2.5, '-2.5'],
  [parseNumber('-1234567890123456789012345678901.23'), '-1234567890123456789012345678901.23'],
  [-1e-7, '-1e-7'],
  ['-5', '-5'],
  ['-0.25', '-0.25'],
])('a negative number is the same in CSV: %s', (value, written) => {
  expect(csvOf(value)).toBe(`value\n${written}\n`);
});

it.each([
  ['=1+1', "'=1+1"],
  ['+1', "'+1"],
  ['-1+1', "'-1+1"],
  ['-', "'-"],
  ['@SUM(A1)', "'@SUM(A1)"],
  ['\t=1', "'\t=1"],
  ['\r=1', '"\'\r=1"'],
  ['\uFF1D1', "'\uFF1D1"],
  ['-1\n=2', '"\'-1\n=2"'],
  ['=HYPERLINK("a")', '"\'=HYPERLINK(""a"")"'],
])('a text that begins like a formula gets an apostrophe in CSV: %j', (value, written) => {
  expect(csvOf(value)).toBe(`value\n${written}\n`);
});

it.each(['1-1', 'a=b', "it's", '2026-03-01'])('any other text is the same in CSV: %s', (value) => {
  expect(csvOf(value)).toBe(`value\n${value}\n`);
});
