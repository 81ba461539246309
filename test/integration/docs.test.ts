import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { estimateTargets } from '../../docs/generate/cost.ts';
import { readCounts } from '../../docs/generate/counts.ts';
import { replacePart } from '../../docs/generate/part.ts';
import { parts } from '../../docs/generate/parts.ts';
import { synthesizedTemplate } from '../../docs/generate/synthesized-template.ts';

it('generated parts of documents have unique names', () => {
  const names = parts.map(({ name }) => name);
  expect(names).not.toEqual([]);
  expect(new Set(names).size).toBe(names.length);
});

it.each(parts.map((part) => [part.name, part] as const))(
  'the generated part %s is up to date in its document',
  async (name, { file, render: write }) => {
    const text = readFileSync(file, 'utf8');
    expect(text, `${file} is stale: npm run docs -- ${name}`).toBe(replacePart(text, name, await write()));
  },
);

it('a month costs at most 8 dollars without events, 10 with a thousand and 85 with three million', () => {
  const { idle, few, many } = estimateTargets(synthesizedTemplate(), readCounts());
  expect(idle).toBeLessThanOrEqual(8);
  expect(few).toBeLessThanOrEqual(10);
  expect(many).toBeLessThanOrEqual(85);
});

it('a change of an opportunity that reaches one endpoint takes at most 17 write units', () => {
  const { writeUnits } = estimateTargets(synthesizedTemplate(), readCounts());
  expect(writeUnits).toBeLessThanOrEqual(17);
});
