import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { getLine, getName, isNode, type Node, type SourceFile } from './source-files.ts';

/**
 * Phrases that a colleague has to read twice, each with a plain alternative. Single words are in
 * `cspell.json`. A space in a pattern stands for any white space, so a phrase that continues on the
 * next line is found too.
 */
export const unclearPhrases: readonly (readonly [pattern: string, alternative: string])[] = [
  ['is like that already', 'already has that value'],
  ['edited into none', 'edited so that it is no longer valid'],
  ['of which', 'start a new sentence'],
  ['what came of (?:it|them|each)', 'the result, the outcome'],
  ['as it stands', 'unchanged'],
  ['who asked', 'the caller'],
  ['those who', 'name the part: callers, workers, operators'],
  ['in its hands', 'claimed, held under a lease'],
  ['(?<!there )(?:is|are|was|were|be) none', 'is not a valid …'],
  ['there (?:is|are) none of', 'no such …'],
  ['rings? for', 'signals, sends a doorbell message for'],
  ['asked for', 'requested'],
  ['for good', 'permanently'],
  ['just now', 'currently'],
  ['bad luck', 'a lost race'],
  ['(?:comes?|came|coming) to rest', 'is quiescent'],
  ['so many', 'the number of'],
  ['(?:its|their|a|the|whose|no) turns?', 'permit, next slot or predecessor'],
];

export interface Text {
  readonly line: number;
  readonly text: string;
}

/** Finds unclear phrases in texts. @returns `path:line "phrase": write alternative` */
export function findUnclearPhrases(path: string, texts: readonly Text[]): readonly string[] {
  return texts.flatMap(({ line, text }) => {
    // A comment continues on the next line behind an asterisk or slashes.
    const joined = text.replaceAll(/\s*\n\s*(?:\*|\/\/)?\s*/g, ' ');
    return unclearPhrases.flatMap(([pattern, alternative]) => {
      const found = new RegExp(`\\b${pattern}\\b`, 'i').exec(joined);
      return found ? [`${path}:${line} "${found[0]}": write ${alternative}`] : [];
    });
  });
}

/** The comments, strings and template texts of a source file. */
export function readTexts(file: SourceFile): readonly Text[] {
  const literals = file.nodes.flatMap((node) => {
    const text = readLiteral(node);
    return text === undefined ? [] : [{ line: getLine(file, node), text }];
  });
  return [...literals, ...readComments(file)];
}

export function readComments(file: SourceFile): readonly Text[] {
  const code = blankLiterals(file);
  return [...code.matchAll(/\/\*[\s\S]*?\*\/|\/\/.*/g)].map((found) => ({
    line: file.text.slice(0, found.index).split('\n').length,
    text: file.text.slice(found.index, found.index + found[0].length),
  }));
}

/**
 * The code with spaces in place of strings, template texts, texts between elements and regular
 * expressions: they may hold slashes.
 */
function blankLiterals({ text, nodes }: SourceFile): string {
  return nodes.reduce((code, { type, start, end }) => {
    if (!['Literal', 'TemplateElement', 'JSXText'].includes(type) || typeof end !== 'number') return code;
    return code.slice(0, start) + code.slice(start, end).replaceAll(/[^\n]/g, ' ') + code.slice(end);
  }, text);
}

function readLiteral({ type, value }: Node): string | undefined {
  if (type === 'Literal' || type === 'JSXText') return typeof value === 'string' ? value : undefined;
  if (type !== 'TemplateElement' || typeof value !== 'object' || value === null) return undefined;
  return 'raw' in value && typeof value.raw === 'string' ? value.raw : undefined;
}

const project = fileURLToPath(new URL('../..', import.meta.url));
const documentFolders = ['docs', 'examples', 'lib', 'test', '.github'];

/** Every Markdown file of the project, paragraph by paragraph. */
export function readDocuments(): readonly { readonly path: string; readonly texts: readonly Text[] }[] {
  const atRoot = readdirSync(project);
  const paths = documentFolders
    .filter((folder) => atRoot.includes(folder))
    .flatMap((folder) =>
      readdirSync(project + folder, { recursive: true, encoding: 'utf8' }).map((name) => `${folder}/${name}`),
    );
  return [...atRoot, ...paths]
    .filter((path) => path.endsWith('.md'))
    .map((path) => ({ path, texts: readParagraphs(readFileSync(project + path, 'utf8')) }));
}

function readParagraphs(markdown: string): readonly Text[] {
  let line = 1;
  return markdown.split(/(\n{2,})/).map((text) => {
    const paragraph = { line, text };
    line += text.split('\n').length - 1;
    return paragraph;
  });
}

const testFunctions = new Set(['it', 'test']);

/** The title of every `it(…)` and `it.each(…)(…)` in a file. */
export function readTestTitles(file: SourceFile): readonly Text[] {
  return file.nodes.flatMap((node) => {
    if (node.type !== 'CallExpression' || !isTestFunction(node['callee'])) return [];
    const [title] = Array.isArray(node['arguments']) ? node['arguments'] : [];
    const text = isNode(title) && title.type === 'Literal' ? getName(title) : undefined;
    return text === undefined ? [] : [{ line: getLine(file, node), text }];
  });
}

/** Whether it is `it`, `it.skipIf(…)`, `it.each(…)` or a combination of them. */
function isTestFunction(callee: unknown): boolean {
  if (!isNode(callee)) return false;
  if (callee.type === 'Identifier') return testFunctions.has(getName(callee) ?? '');
  if (callee.type === 'CallExpression')
    return (
      isNode(callee['callee']) &&
      callee['callee'].type === 'MemberExpression' &&
      isTestFunction(callee['callee'])
    );
  if (callee.type === 'TaggedTemplateExpression') return isTestFunction(callee['tag']);
  return callee.type === 'MemberExpression' && isTestFunction(callee['object']);
}

/** Words that begin a fragment, which says nothing without the title of its `describe`. */
const fragment =
  /^(?:and|as|at|because|but|by|for|from|in|of|on|or|than|that|though|to|what|where|which|who|whose|why|with|without)\b/;

/**
 * Whether a title can be a sentence: `parks a message whose JSON is malformed`. A title that begins
 * with a value of its row, such as `%s`, is accepted: the row holds the sentence.
 */
export function isSentence(title: string): boolean {
  const isWholeRow = /^[%$]/.test(title);
  return isWholeRow || (title.trim().split(/\s+/).length >= 2 && !fragment.test(title));
}
