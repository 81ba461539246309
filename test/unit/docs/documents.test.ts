import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { topics } from '../../../lambdas/core/message-type.ts';
import { findLinkProblem, listDocuments, readAnchors, readLinks, readSections } from './markdown.ts';

const read = (path: string) => readFileSync(path, 'utf8');

describe('the documents', () => {
  const documents = listDocuments();

  it('include the README, the guides and the decisions', () => {
    expect(documents).toEqual(
      expect.arrayContaining([
        'README.md',
        'CONTRIBUTING.md',
        'docs/webhooks.md',
        'docs/decisions/README.md',
      ]),
    );
  });

  it.each(documents)('%s links only to files and headings that exist', (document) => {
    const problems = readLinks(read(document)).map((link) => findLinkProblem(document, link));
    expect(problems.filter((problem) => problem !== undefined)).toEqual([]);
  });

  it('are all linked from the README, directly or through a page that it links', () => {
    const reached = new Set(['README.md']);
    for (const document of reached)
      for (const { target } of readLinks(read(document)))
        if (target.endsWith('.md')) reached.add(new URL(target, `file:///${document}`).pathname.slice(1));
    // GitHub itself links the templates.
    expect(documents.filter((document) => !reached.has(document))).toEqual([]);
  });

  it('name only scripts that package.json has', () => {
    const { scripts }: { readonly scripts: Readonly<Record<string, string>> } = JSON.parse(
      read('package.json'),
    );
    const named = documents
      .filter((document) => !document.startsWith('docs/decisions/'))
      .flatMap((document) =>
        [...read(document).matchAll(/npm run ([a-z:-]+)/g)].map(([, name = '']) => name),
      );
    expect(named).toContain('check');
    expect(named.filter((name) => !(name in scripts))).toEqual([]);
  });
});

const problem = (target: string, anchor?: string) => findLinkProblem('docs/cost.md', { target, anchor });

describe('findLinkProblem', () => {
  it('reports a missing file, a missing heading and a path outside of the project', () => {
    expect(problem('none.md')).toContain('docs/none.md, which does not exist');
    expect(problem('cost.md', 'no-such-heading')).toContain('docs/cost.md#no-such-heading');
    expect(problem('../../elsewhere.md')).toContain('outside of the project');
    expect(problem('../README.md', 'deploy')).toBeUndefined();
    expect(problem('', 'what-is-assumed')).toBeUndefined();
  });

  it('reads anchors as GitHub makes them, and leaves code alone', () => {
    expect(readAnchors('# The `pcr` tool, v1\n```sh\n# comment\n```\n## 1. A')).toEqual(
      new Set(['the-pcr-tool-v1', '1-a']),
    );
    expect(readLinks('[a](b.md#c) [d](https://example.com)\n```\n[e](f.md)\n```\n')).toEqual([
      { target: 'b.md', anchor: 'c' },
    ]);
  });
});

describe('the README', () => {
  it('is about 150 lines long', () => {
    expect(read('README.md').split('\n').length).toBeLessThanOrEqual(160);
  });
});

describe('docs/webhooks.md', () => {
  it('names every type and every topic', () => {
    expect(topics.length).toBeGreaterThan(9);
    const guide = read('docs/webhooks.md');
    expect(topics.filter((topic) => !guide.includes(`\`${topic}\``))).toEqual([]);
  });
});

describe('docs/operate.md', () => {
  it('names only metrics that a contract declares', async () => {
    const { bundles } = await import('../../../lambdas/build.ts');
    const declared = new Set<string>(
      bundles.flatMap(({ contract }) => [
        ...contract.metrics,
        ...('levels' in contract ? Object.keys(contract.levels) : []),
      ]),
    );
    const [table = ''] = read('docs/operate.md').match(/^\| what goes wrong[\s\S]+?\n\n/m) ?? [];
    const named = [...table.matchAll(/`([A-Z]\w+)`/g)].map(([, name = '']) => name);
    expect(named.length).toBeGreaterThan(10);
    expect(named.filter((name) => !declared.has(name))).toEqual([]);
  });

  it('names only log events and codes that the functions write', () => {
    const source = readdirSync('lambdas', { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => read(`lambdas/${name}`))
      .join('\n');
    const named = ['docs/operate.md', 'docs/runbook.md'].flatMap((path) =>
      [...read(path).matchAll(/(?:log|log line is|code)\s+(?:is\s+)?`([a-z-]+\.[a-z-]+)`/g)].map(
        ([, name = '']) => name,
      ),
    );
    expect(named.length).toBeGreaterThan(8);
    expect(named.filter((name) => !source.includes(`'${name}'`))).toEqual([]);
  });
});

describe('docs/promises.md', () => {
  const promises = readSections(read('docs/promises.md'), 2).filter(({ title }) => /^\d/.test(title));

  it('numbers eighteen promises without gaps', () => {
    expect(promises.map(({ title }) => Number.parseInt(title, 10))).toEqual(
      Array.from({ length: 18 }, (_, index) => index + 1),
    );
  });

  it.each(promises)(
    '$title links to at least one test, and only to tests that cite its number',
    ({ title, text }) => {
      const number = Number.parseInt(title, 10);
      const tests = readLinks(text)
        .map(({ target }) => target.replace(/^\.\.\//, ''))
        .filter((target) => target.startsWith('test/'));
      expect(tests).not.toEqual([]);
      expect(tests.filter((path) => !citesPromise(read(path), number))).toEqual([]);
    },
  );
});

/**
 * Whether a test title says `promise 3`, or a list such as `promises 3 and 8` that contains the
 * number.
 */
function citesPromise(source: string, number: number): boolean {
  const lists = [...source.matchAll(/promises? (\d+(?:(?:, | and )\d+)*)/gi)];
  return lists.some(([, list = '']) =>
    list
      .split(/, | and /)
      .map(Number)
      .includes(number),
  );
}

describe('docs/glossary.md', () => {
  it('has each term once, in alphabetical order, with one sentence', () => {
    const entries = [...read('docs/glossary.md').matchAll(/^- \*\*(.+?)\*\*: (.+)$/gm)];
    const terms = entries.map(([, term = '']) => term);
    expect(terms.length).toBeGreaterThan(24);
    expect(terms).toEqual([...new Set(terms)].toSorted());
    expect(entries.filter(([, , text = '']) => !/^[^.]+\.$/.test(text)).map(([, term]) => term)).toEqual([]);
  });
});

describe('docs/decisions', () => {
  const pages = readdirSync('docs/decisions').filter((name) => /^\d/.test(name));

  it('are numbered without gaps, and all are in the index under their title', () => {
    const index = read('docs/decisions/README.md');
    expect(pages.length).toBeGreaterThan(16);
    for (const [position, page] of pages.entries()) {
      const number = String(position + 1).padStart(4, '0');
      expect(page.startsWith(`${number}-`)).toBe(true);
      const [, title = ''] = /^# \d{4}: (.+)$/m.exec(read(`docs/decisions/${page}`)) ?? [];
      expect(index).toMatch(
        new RegExp(`^\\| \\[${number}\\]\\(${page}\\) \\| \\d{4}-\\d\\d-\\d\\d \\| `, 'm'),
      );
      expect(index).toContain(` | ${title} | `);
    }
  });

  it.each(pages)('%s has a date, a status and the same headings as all others', (page) => {
    const text = read(`docs/decisions/${page}`);
    expect(text).toMatch(/^Date: \d{4}-\d\d-\d\d.* · Status: \w+/m);
    expect(readSections(text, 2).map(({ title }) => title)).toEqual([
      'Context',
      'Decision',
      'Alternatives considered',
      'Consequences',
    ]);
  });
});

describe('paths in CONTRIBUTING.md and docs/architecture.md', () => {
  it.each(['CONTRIBUTING.md', 'docs/architecture.md'])('%s names only files that exist', (document) => {
    const paths = [
      ...read(document).matchAll(/`((?:bin|docs|lambdas|lib|local|test|bench|\.ci|\.cspell)\/[\w./-]+)`/g),
    ];
    expect(paths.length).toBeGreaterThan(5);
    expect(paths.map(([, path = '']) => path).filter((path) => !existsSync(path))).toEqual([]);
  });
});
