import { describe, expect, it } from 'vitest';
import { replacePart } from '../../../docs/generate/part.ts';

const begin = '<!-- begin sample: npm run docs writes this -->';
const end = '<!-- end sample -->';

describe('a generated part', () => {
  it('replaces what stands between its comments, and nothing else', () => {
    expect(replacePart(`# A\n${begin}\nold\n${end}\n# B\n`, 'sample', 'new\n')).toBe(
      `# A\n${begin}\n\nnew\n\n${end}\n# B\n`,
    );
  });

  it('is the same when it is written again', () => {
    const once = replacePart(`${begin}${end}`, 'sample', 'new');
    expect(replacePart(once, 'sample', 'new')).toBe(once);
  });

  it.each([
    ['', 'neither comment'],
    [begin, 'no end'],
    [end, 'no beginning'],
    [`${end}${begin}`, 'the end first'],
    [`${end}${begin}${end}`, 'an end too many'],
    [`${begin}${end}${begin}${end}`, 'two of it'],
    [`${begin}${begin}${end}`, 'two beginnings'],
  ])('refuses %j: %s', (text) => {
    expect(() => replacePart(text, 'sample', 'new')).toThrow(begin);
  });
});
