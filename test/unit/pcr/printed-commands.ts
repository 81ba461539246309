import { readFileSync } from 'node:fs';
import { getLastName, getName, isNode, type Node, readSourceFiles } from '../../architecture/source-files.ts';
import { listDocuments } from '../docs/markdown.ts';

/** Command lines that messages and documents print, with placeholders filled in. */
export function listPrintedCommands(): readonly string[] {
  const printed = [
    ...readSourceFiles('bin/pcr', 'lib', 'local').flatMap(findInSource),
    ...documents.flatMap(findInDocument),
  ];
  return [...new Set(printed.map(toCommandLine))].filter((command) => !command.includes('…')).toSorted();
}

/** Without history, which names what a command was. */
const documents = listDocuments().filter(
  (path) => path !== 'CHANGELOG.md' && !path.startsWith('docs/decisions/'),
);

/** Files whose texts have lines that are commands, such as examples. */
const withLines = /^(?:bin\/pcr\/(?:commands\/|program\.ts)|lib\/next-steps\.ts$|local\/report\.ts$)/;

const cdkCommandFile = 'bin/pcr/cdk-command.ts';

function findInSource({
  path,
  nodes,
}: {
  readonly path: string;
  readonly nodes: readonly Node[];
}): readonly string[] {
  const texts = nodes.flatMap((node) => textOf(node) ?? []);
  return texts.flatMap((text) => [
    ...[...text.matchAll(/`((?:aws|npx|pcr|cdk) [^`]*)`/g)].map(([, command = '']) => command),
    ...(withLines.test(path) ? findLines(text) : []),
    ...(/^(?:aws|npx cdk) /.test(text) && path !== cdkCommandFile ? [text] : []),
  ]);
}

/** The text of a string, a template, or a call of `cdkCommand`. */
function textOf(node: Node): string | undefined {
  if (node.type === 'Literal') return getName(node);
  if (node.type === 'CallExpression' && getName(node['callee']) === 'cdkCommand') {
    const [command] = toNodes(node['arguments']);
    return command && `npx cdk ${textOf(command) ?? 'deploy'}`;
  }
  if (node.type !== 'TemplateLiteral') return undefined;
  const inserted = toNodes(node['expressions']);
  // cspell:disable-next-line
  return toNodes(node['quasis']).reduce((text, quasi, index) => {
    const expression = inserted[index];
    return `${text}${cookedOf(quasi)}${expression ? (textOf(expression) ?? valueOf(expression, text + cookedOf(quasi))) : ''}`;
  }, '');
}

function cookedOf({ value }: Node): string {
  return typeof value === 'object' && value !== null && 'cooked' in value ? String(value.cooked) : '';
}

/** What messages insert, as it looks in a stack. */
const values: Readonly<Record<string, string>> = {
  catalog: 'AWS',
  endpointId: 'ep_crm',
  id: 'ep_crm',
  pk: 'AWS/opportunity/O1234567',
  sk: 'current',
  arn: 'arn:aws:sns:us-east-1:111122223333:Urgent',
  attach: 'attach-role-policy --role-name Operators',
  perSecond: '5',
  perDay: '50000',
  region: '--region us-east-1',
  unreserved: '10',
  url: 'http://localhost:3000/hook',
};

function valueOf(expression: Node, before: string): string {
  if (before.endsWith('--queue ')) return 'delivery';
  return values[getLastName(expression) ?? ''] ?? 'Name';
}

function findInDocument(path: string): readonly string[] {
  const text = readFileSync(path, 'utf8');
  const blocks = [...text.matchAll(/^ *```(?:sh|bash)\n([\s\S]*?)^ *```/gm)].map(([, block = '']) => block);
  const spans = [...text.replaceAll(/^ *```[\s\S]*?^ *```/gm, '').matchAll(/`((?:npx|pcr|cdk)\s[^`]*)`/g)];
  return [
    ...blocks.flatMap((block) => findLines(block.replaceAll(/\\\n\s*/g, ''))),
    ...spans.map(([, command = '']) => command.replaceAll(/\s+/g, ' ')),
  ];
}

function findLines(text: string): readonly string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => /^(?:(?:npx )?cdk|(?:npx partner-central-relay|pcr)) [a-z-]/.test(line));
}

const placeholders: readonly (readonly [RegExp, string])[] = [
  [/(?<=^pcr endpoints [a-z-]+ |--endpoint )ID\b/, 'ep_crm'],
  [/(?<=^pcr deliveries [a-z]+ )ID\b/, 'dlv_…'],
  [/(?<=^pcr trace )ID\b/, 'O1234567'],
  [/\bPK SK\b/, 'AWS/opportunity/O1234567 current'],
  [/(?<=--queue )QUEUE\b/, 'delivery'],
  [/(?<=--to )QUEUE\b/, 'engagement'],
  [/<stack name>|<stack>/, 'Stack'],
  [/(dlv|rpl)_…/, '$1_0123456789abcdef0123456789abcdef'],
  [/^pcr … (?=list)/, 'pcr opportunities '],
];

/** Without comment and redirection; the name of the package as `pcr`. */
function toCommandLine(printed: string): string {
  const bare = printed
    .replace(/\s{2,}#.*$/, '')
    .replace(/ [>|] .*$/, '')
    .replace(/^npx partner-central-relay\b/, 'pcr')
    .replace(/^cdk\b/, 'npx cdk');
  return placeholders.reduce((text, [placeholder, value]) => text.replace(placeholder, value), bare).trim();
}

function toNodes(value: unknown): readonly Node[] {
  return Array.isArray(value) ? value.filter(isNode) : [];
}
