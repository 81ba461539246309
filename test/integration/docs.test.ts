import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { replacePart } from '../../docs/generate/part.ts';
import { parts } from '../../docs/generate/parts.ts';

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
