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
  const constants = constantsOf(nodes);
  const texts = nodes.flatMap((node) => textOf(node, constants) ?? []);
  return texts.flatMap((text) => [
    ...[...text.matchAll(/`((?:aws|npx|pcr|cdk) [^`]*)`/g)].map(([, command = '']) => command),
    ...(withLines.test(path) ? findLines(text) : []),
    ...(/^(?:aws|npx cdk) /.test(text) && path !== cdkCommandFile ? [text] : []),
  ]);
}

type Constants = ReadonlyMap<string, Node>;

/** What the constants of a file are declared to be. */
function constantsOf(nodes: readonly Node[]): Constants {
  return new Map(
    nodes.flatMap(({ type, id, init }) => {
      const name = getName(id);
      return type === 'VariableDeclarator' && name !== undefined && isNode(init)
        ? [[name, init] as const]
        : [];
    }),
  );
}

/** The text of a string, a template, a constant, or a call of `cdkCommand`. */
function textOf(node: Node, constants: Constants): string | undefined {
  if (node.type === 'Literal') return getName(node);
  const name = node.type === 'Identifier' ? (getName(node) ?? '') : '';
  const constant = constants.get(name);
  if (constant) return textOf(constant, new Map([...constants].filter(([each]) => each !== name)));
  if (node.type === 'CallExpression' && getName(node['callee']) === 'cdkCommand') {
    const [command] = toNodes(node['arguments']);
    return command && `npx cdk ${textOf(command, constants) ?? 'deploy'}`;
  }
  if (node.type !== 'TemplateLiteral') return undefined;
  const inserted = toNodes(node['expressions']);
  // cspell:disable-next-line
  return toNodes(node['quasis']).reduce((text, quasi, index) => {
    const expression = inserted[index];
    return `${text}${cookedOf(quasi)}${expression ? (textOf(expression, constants) ?? valueOf(expression, text + cookedOf(quasi))) : ''}`;
  }, '');
}

function cookedOf({ value }: Node): string {
  return typeof value === 'object' && value !== null && 'cooked' in value ? String(value.cooked) : '';
}

/** What messages insert, as it looks in a stack. */
const values: Readonly<Record<string, string>> = {
  catalog: 'AWS',
  endpointId: 'ep_crm',
  group: 'opportunities',
  example: 'O1234567',
  id: 'ep_crm',
  pk: 'AWS/opportunity/O1234567',
  sk: 'current',
  arn: 'arn:aws:sns:us-east-1:111122223333:Urgent',
  attach: 'attach-role-policy --role-name Operators',
  perSecond: '5',
  perDay: '50000',
  region: 'us-east-1',
  unreserved: '10',
  url: 'http://localhost:3000/hook',
};

function valueOf(expression: Node, before: string): string {
  if (before.endsWith('--queue ')) return 'delivery';
  if (before.endsWith('-arn ')) return values['arn'] ?? '';
  return values[getLastName(expression) ?? ''] ?? 'Name';
}

/** Commands that a document has in one block, to be pasted together. */
export interface PrintedBlock {
  readonly document: string;
  readonly text: string;
}

/** Blocks of documents that call the AWS CLI, and commands with options within their sentences. */
export function listAwsBlocks(): readonly PrintedBlock[] {
  return documents.flatMap((document) =>
    [
      ...blocksOf(document, 'sh|bash|text').filter((text) => /^ *aws |\$\(aws /m.test(text)),
      ...spansOf(document, 'aws').filter((text) => / --[a-z-]+ ./.test(text)),
    ].map((text) => ({ document, text })),
  );
}

/** Calls of npm in documents, without its name: `run simulate -- --seeds 500`. */
export function listNpmCalls(): readonly string[] {
  const lines = documents.flatMap((document) => [
    ...blocksOf(document, 'sh|bash|text').flatMap((block) => block.split('\n')),
    ...spansOf(document, 'npm'),
  ]);
  const calls = lines.flatMap((line) => {
    const [, call] = /(?:^ *|: |\()npm ((?:'[^']*'|[^'#)"…])*)/.exec(line) ?? [];
    return call?.trim() ?? [];
  });
  return [...new Set(calls)].toSorted();
}

/** Settings in sentences, as options of the CDK: `-c relay:tracing=yes`. */
export function listPrintedSettings(): readonly string[] {
  const printed = documents.flatMap((document) => spansOf(document, '-c'));
  return [...new Set(printed)].filter((options) => !/<|\$\(/.test(options)).toSorted();
}

/** Splits as a shell does, without its expansions. */
export function toWords(command: string): readonly string[] {
  return [...command.matchAll(/'([^']*)'|"((?:[^"\\]|\\.)*)"|(\S+)/g)].map(
    ([, single, double, bare]) => single ?? double ?? bare ?? '',
  );
}

function blocksOf(document: string, languages: string): readonly string[] {
  const block = new RegExp(`^ *\`\`\`(?:${languages})\\n(.*?)^ *\`\`\``, 'gms');
  return [...readFileSync(document, 'utf8').matchAll(block)].map(([, text = '']) => text);
}

function spansOf(document: string, programs: string): readonly string[] {
  const sentences = readFileSync(document, 'utf8').replaceAll(/^ *```[\s\S]*?^ *```/gm, '');
  const spans = sentences.matchAll(new RegExp(`\`((?:${programs})\\s[^\`]*)\``, 'g'));
  return [...spans].map(([, command = '']) => command.replaceAll(/\s+/g, ' '));
}

function findInDocument(path: string): readonly string[] {
  return [
    ...blocksOf(path, 'sh|bash').flatMap((block) => findLines(block.replaceAll(/\\\n\s*/g, ''))),
    ...spansOf(path, 'npx|pcr|cdk'),
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
  [/(?<=^pcr clients [a-z-]+ |--client )(?:ep_crm|ID)\b/, 'crm'],
  [/(?<=^pcr deliveries [a-z]+ )ID\b/, 'dlv_…'],
  [/(?<=^pcr trace )ID\b/, 'O1234567'],
  [/\bPK SK\b/, 'AWS/opportunity/O1234567 current'],
  [/(?<=--queue )QUEUE\b/, 'delivery'],
  [/(?<=--to )QUEUE\b/, 'engagement'],
  [/<stack name>|<stack>|(?<=--stack )Name\b/, 'PartnerCentralRelay'],
  [/(?<=^pcr parked show )Name\b/, 'ID'],
  [/(?<=^pcr commands (?:approve|show) )ep_crm\b/, 'cmd_…'],
  [/(cmd|dlv|rpl)_…/, '$1_0123456789abcdef0123456789abcdef'],
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
