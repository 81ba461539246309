import { describe, expect, it } from 'vitest';
import { replacePart } from '../../../docs/generate/part.ts';

const begin = '<!-- begin sample: npm run docs writes this -->';
const end = '<!-- end sample -->';

describe('replacePart', () => {
  it('replaces the text between the comments and nothing else', () => {
    expect(replacePart(`# A\n${begin}\nold\n${end}\n# B\n`, 'sample', 'new\n')).toBe(
      `# A\n${begin}\n\nnew\n\n${end}\n# B\n`,
    );
  });

  it('changes nothing when it runs again', () => {
    const once = replacePart(`${begin}${end}`, 'sample', 'new');
    expect(replacePart(once, 'sample', 'new')).toBe(once);
  });

  it.each([
    ['', 'neither comment'],
    [begin, 'no end'],
    [end, 'no beginning'],
    [`${end}${begin}`, 'the end comes first'],
    [`${end}${begin}${end}`, 'one end too many'],
    [`${begin}${end}${begin}${end}`, 'two parts'],
    [`${begin}${begin}${end}`, 'two beginnings'],
  ])('rejects %j: %s', (text) => {
    expect(() => replacePart(text, 'sample', 'new')).toThrow(begin);
  });
});
