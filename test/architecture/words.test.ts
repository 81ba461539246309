import { describe, expect, it } from 'vitest';
import { parseSource, readSourceFiles } from './source-files.ts';
import {
  findUnclearPhrases,
  isSentence,
  readComments,
  readDocuments,
  readTestTitles,
  readTexts,
  unclearPhrases,
} from './words.ts';

/** These files contain the unclear phrases as data. */
const isChecked = (path: string): boolean => !path.startsWith('test/architecture/words');

const folders = ['bin', 'lib', 'lambdas', 'local', 'bench', 'docs', 'test'];
const sources = readSourceFiles(...folders);
const checked = sources.filter(({ path }) => isChecked(path));
const documents = readDocuments();

const textsIn = (code: string) => readTexts(parseSource('lib/made-up.ts', code)).map(({ text }) => text);
const longestComment = 100;

describe('words', () => {
  it.each(folders)('are checked in the comments and strings of %s', (folder) => {
    const texts = sources.filter(({ path }) => path.startsWith(`${folder}/`)).flatMap(readTexts);
    expect(texts).not.toEqual([]);
  });

  it('are checked in the README, the decisions and the other documents', () => {
    const paths = documents.map(({ path }) => path);
    expect(paths).toEqual(expect.arrayContaining(['README.md', 'docs/data.md']));
    expect(paths.filter((path) => path.includes('decisions/')).length).toBeGreaterThan(10);
  });

  it('of code contain no unclear phrase', () => {
    expect(checked.flatMap((file) => findUnclearPhrases(file.path, readTexts(file)))).toEqual([]);
  });

  it('of documents contain no unclear phrase', () => {
    const found = documents.filter(({ path }) => isChecked(path));
    expect(found.flatMap(({ path, texts }) => findUnclearPhrases(path, texts))).toEqual([]);
  });

  it(`of comments end at column ${longestComment}`, () => {
    const long = checked.flatMap((file) => {
      const lines = file.text.split('\n');
      const commented = readComments(file).flatMap(({ line, text }) =>
        text.split('\n').map((_, n) => line + n),
      );
      return commented
        .filter((line) => /^\s*(?:\/\/|\/?\*)/.test(lines[line - 1] ?? ''))
        .filter((line) => (lines[line - 1] ?? '').length > longestComment)
        .map((line) => `${file.path}:${line}`);
    });
    expect(long).toEqual([]);
  });

  it('of test titles form sentences', () => {
    const titles = checked.flatMap((file) =>
      readTestTitles(file).map(({ line, text }) => ({ text, at: `${file.path}:${line} ${text}` })),
    );
    expect(titles.filter(({ text }) => !isSentence(text)).map(({ at }) => at)).toEqual([]);
  });
});

describe('findUnclearPhrases', () => {
  it('finds a phrase that continues on the next line of a comment', () => {
    const file = parseSource(
      'lib/made-up.ts',
      'const a = 1;\n/**\n * The lease of\n * which nothing is known.\n */',
    );
    expect(findUnclearPhrases(file.path, readTexts(file))).toEqual([
      'lib/made-up.ts:2 "of which": write start a new sentence',
    ]);
  });

  it.each(unclearPhrases)('gives a plain alternative to %s', (_pattern, alternative) => {
    expect(alternative).not.toBe('');
  });
});

describe('readTexts', () => {
  it('reads comments, strings and templates, and no code', () => {
    const code =
      "const url = 'https://a'; // one\nconst b = `two ${url} three`; /* four */ const c = /\\/\\/ x/;";
    expect(textsIn(code).toSorted()).toEqual(
      ['https://a', 'two ', ' three', '// one', '/* four */'].toSorted(),
    );
  });

  it('reads the texts and comments of a page', () => {
    const page = parseSource(
      'bin/made-up.tsx',
      'const a = <p title="one">two {b} {/* three */} // no comment</p>;',
    );
    const texts = readTexts(page).map(({ text }) => text.trim());
    expect(texts.filter((text) => text !== '')).toEqual(['one', 'two', '// no comment', '/* three */']);
  });
});

describe('readTestTitles', () => {
  it('reads the titles of plain and parameterized tests', () => {
    const code =
      "it('a', f); it.each([1])('b', f); it.skipIf(true)('c', f); describe('d', f); expect(e)('f');";
    expect(readTestTitles(parseSource('test/made-up.ts', code)).map(({ text }) => text)).toEqual([
      'a',
      'b',
      'c',
    ]);
  });
});

describe('isSentence', () => {
  it.each([
    ['parks a message whose JSON is malformed', true],
    ['of a lead leaves no task', false],
    ['why it was parked', false],
    ['empty', false],
    ['refuses %j', true],
    ['%s', true],
  ])('of %j is %s', (title, expected) => {
    expect(isSentence(title)).toBe(expected);
  });
});
