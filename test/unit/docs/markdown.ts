import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';

/** The documents that readers start from, and everything in `docs` and `examples`. */
export function listDocuments(): readonly string[] {
  const inFolders = ['docs', 'examples'].flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => `${folder}/${name}`),
  );
  return [...readdirSync('.'), ...inFolders].filter((path) => path.endsWith('.md')).toSorted();
}

export interface Link {
  readonly target: string;
  readonly anchor: string | undefined;
}

/**
 * The links of a document to files or headings of this project. Links in code blocks are not links.
 */
export function readLinks(markdown: string): readonly Link[] {
  return [...withoutCode(markdown).matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, url = '']) => url)
    .filter((url) => !/^[a-z]+:/i.test(url))
    .map((url) => {
      const [target = '', anchor] = url.split('#');
      return { target, anchor };
    });
}

/** @returns what is wrong with a link, or undefined if its file and heading exist */
export function findLinkProblem(document: string, { target, anchor }: Link): string | undefined {
  const path = target === '' ? document : normalize(join(dirname(document), target));
  if (relative('.', path).startsWith('..')) return `${document} links outside of the project: ${target}`;
  if (!existsSync(path)) return `${document} links to ${path}, which does not exist`;
  if (anchor === undefined || statSync(path).isDirectory()) return undefined;
  if (readAnchors(readFileSync(path, 'utf8')).has(anchor)) return undefined;
  return `${document} links to ${path}#${anchor}, which is not a heading`;
}

export interface Section {
  readonly title: string;
  readonly text: string;
}

/** The sections of a document whose headings have this level, e.g. 2 for `##`. */
export function readSections(markdown: string, level: number): readonly Section[] {
  return markdown
    .split(new RegExp(`^#{${level}} `, 'm'))
    .slice(1)
    .map((section) => {
      const [title = '', ...lines] = section.split('\n');
      return { title, text: lines.join('\n') };
    });
}

/** As GitHub makes them: lower case, no punctuation, hyphens for spaces. */
export function readAnchors(markdown: string): ReadonlySet<string> {
  const headings = [...withoutCode(markdown).matchAll(/^#{1,6} (.+)$/gm)].map(([, text = '']) => text);
  return new Set(
    headings.map((text) =>
      text
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
        .trim()
        .replaceAll(' ', '-'),
    ),
  );
}

function withoutCode(markdown: string): string {
  return markdown.replaceAll(/^ *```[\s\S]*?^ *```/gm, '');
}
