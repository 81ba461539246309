import {
  collectNodes,
  getLastName,
  getLine,
  getName,
  isMember,
  isNode,
  type Node,
  type SourceFile,
} from './source-files.ts';

/** Files that may use a restricted construct: a pattern of paths, and the reason. */
export type Homes = readonly (readonly [files: RegExp, reason: string])[];

export interface HomeRule {
  /** The restricted construct, such as `process.env`. */
  readonly name: string;
  readonly scope: RegExp;
  readonly homes: Homes;
  readonly matches: (node: Node) => boolean;
  /** Code that breaks the rule, and below it code that looks similar but does not. */
  readonly violations: readonly string[];
  readonly lookalikes: readonly string[];
}

const everywhere = /^/;
const shipped = /^(?:bin|lib|lambdas)\//;
/** What has to do the same each time that it gets the same. */
const shippedOrSimulated = /^(?:bin|lib|lambdas|local\/simulation)\//;

export const homeRules: readonly HomeRule[] = [
  {
    name: 'process.env',
    scope: /^(?:bin|lib|lambdas|local)\//,
    homes: [
      [/^lambdas\/runtime\/lambda-handler\.ts$/, 'a function reads its environment once, at cold start'],
      [/^bin\/pcr\/local-stage\.ts$/, 'variables choose a stack or an endpoint, and lead to the local stage'],
      [/^bin\/pcr\/terminal-io\.ts$/, 'a variable names the folder for what pcr keeps between commands'],
      [/^local\/function-memory-main\.ts$/, 'it runs in a worker, with the environment of a function'],
      [/^local\/local-stage\.ts$/, 'variables that the user sets override the embedded services'],
    ],
    matches: (node) =>
      isMember(node, 'process', 'env') ||
      (node.type === 'VariableDeclarator' && getName(node['init']) === 'process') ||
      (node.type === 'ImportDeclaration' && getName(node['source']) === 'node:process'),
    violations: [
      'const table = process.env.TABLE',
      'const table = process["env"].TABLE',
      'const table = globalThis.process.env.TABLE',
      'const { env } = process',
      "import { env } from 'node:process'",
    ],
    lookalikes: ['/** process.env */', 'const a = spec.env', 'process.exitCode = 1'],
  },
  {
    name: 'the clock',
    scope: shippedOrSimulated,
    homes: [
      [/^lambdas\/adapters\/system-clock\.ts$/, 'the only clock'],
      [/^bin\/pcr\/console\/page\/clock\.ts$/, 'the only clock of the page in the browser'],
      [/^local\/simulation\/main\.ts$/, 'a run is timed, not what it plays'],
    ],
    matches: (node) =>
      isMember(node, 'Date', 'now') ||
      isMember(node, 'performance', 'now') ||
      isMember(node, 'process', 'hrtime') ||
      (node.type === 'NewExpression' && getName(node['callee']) === 'Date' && isEmpty(node['arguments'])) ||
      (node.type === 'CallExpression' && getName(node['callee']) === 'Date'),
    violations: [
      'Date.now()',
      'const nowMs = Date.now',
      'new Date()',
      'Date()',
      'performance.now()',
      'process.hrtime()',
    ],
    lookalikes: ['new Date(epochMs)', 'Date.parse(text)', 'clock.now()', '// Date.now()'],
  },
  {
    name: 'randomness',
    scope: shippedOrSimulated,
    homes: [
      [/^lambdas\/adapters\/system-random\.ts$/, 'the only source of random numbers'],
      [/^bin\/pcr\/secrets\/new-secret\.ts$/, 'signing secrets are made here alone'],
      [/^bin\/pcr\/endpoints\/new-endpoint-id\.ts$/, 'names of endpoints are made here alone'],
      [/^bin\/pcr\/console\/new-token\.ts$/, 'no web page may guess the token of a console'],
      [/^local\/simulation\/main\.ts$/, 'without --seed the first seed is random'],
    ],
    matches: (node) =>
      isMember(node, 'Math', 'random') ||
      (node.type === 'MemberExpression' && isRandomSource(getName(node['property']))) ||
      (node.type === 'ImportSpecifier' && isRandomSource(getName(node['imported']))),
    violations: ['Math.random()', 'crypto.randomUUID()', "import { randomBytes } from 'node:crypto'"],
    lookalikes: ['deps.random.next()', 'Math.round(1.5)', '// Math.random()'],
  },
  {
    name: 'a timer',
    scope: /^(?:lambdas\/(?:core|ports|quota|records)|local\/simulation)\//,
    homes: [[/^local\/simulation\/scheduler\.ts$/, 'a step is over when all code that it woke waits again']],
    matches: (node) =>
      (node.type === 'Identifier' && isTimer(getName(node))) ||
      (node.type === 'Literal' && isTimer(getName(node))) ||
      (node.type === 'ImportDeclaration' && /^(?:node:)?timers/.test(getName(node['source']) ?? '')),
    violations: [
      'setTimeout(a, 1)',
      'globalThis.setInterval(a, 1)',
      "globalThis['setImmediate'](a)",
      'queueMicrotask(a)',
      'process.nextTick(a)',
      "import { setTimeout as sleep } from 'node:timers/promises'",
    ],
    lookalikes: ['clock.sleep(1)', 'scheduler.after(1, a)', '// setTimeout(a, 1)'],
  },
  {
    name: 'a cast',
    scope: everywhere,
    homes: [],
    matches: ({ type, typeAnnotation }) =>
      (type === 'TSAsExpression' && !isConst(typeAnnotation)) || type === 'TSTypeAssertion',
    violations: ['const a = b as string', 'const a = <string>b', 'const a = b as unknown as string'],
    lookalikes: [
      "const a = ['as string'] as const",
      "import { a as b } from './a.ts'",
      'const c = b satisfies string',
    ],
  },
  {
    name: 'any',
    scope: everywhere,
    homes: [],
    matches: ({ type }) => type === 'TSAnyKeyword',
    violations: ['let a: any', 'const a: Record<string, any> = {}', 'function a(b: any[]) {}'],
    lookalikes: ['const any = 1', 'const a: unknown = any', '/** any */'],
  },
  {
    name: 'a non-null assertion',
    scope: everywhere,
    homes: [],
    matches: ({ type, definite }) => type === 'TSNonNullExpression' || definite === true,
    violations: ['const a = b!', 'a!.b', 'let a!: string', 'class A { b!: string }'],
    lookalikes: ['const a = !b', 'const a = b !== 1'],
  },
  {
    name: 'console',
    scope: /^(?:lib|lambdas)\//,
    homes: [],
    matches: (node) => node.type === 'MemberExpression' && getName(node['object']) === 'console',
    violations: ['console.log(1)', 'console["error"](2)'],
    lookalikes: ['log.info(1)', '// console.log(1)'],
  },
  {
    name: 'JSON.parse and JSON.stringify',
    scope: shipped,
    homes: [
      [/^lambdas\/core\/json-text\.ts$/, 'numbers that JavaScript cannot hold stay exact'],
      [/^lambdas\/core\/service-error\.ts$/, 'details hold texts and small numbers'],
      [/^lambdas\/build\.ts$/, 'the manifest of the package holds texts'],
      [/^bin\/build\.ts$/, 'the description of a bundle holds texts and times'],
      [/^bin\/pcr\/console\/page\//, 'the server of the page has made texts of such numbers'],
      [/^lib\/parse-config\.ts$/, 'a setting is printed as the CDK parsed it'],
    ],
    matches: (node) => isMember(node, 'JSON', 'parse') || isMember(node, 'JSON', 'stringify'),
    violations: ['JSON.parse(text)', 'texts.map(JSON.parse)', 'const text = JSON.stringify(value)'],
    lookalikes: ['parseJson(text)', 'stringifyJson(value)', '// JSON.parse(text)'],
  },
  {
    name: 'HTML from a text',
    scope: everywhere,
    homes: [[/^test\/architecture\/homes\.ts$/, 'the names are data of this rule']],
    matches: (node) => htmlSinks.has(getName(node) ?? '') || isMember(node, 'document', 'write'),
    violations: [
      "h('p', { dangerouslySetInnerHTML: { __html: text } })",
      'element.innerHTML = text',
      'element["outerHTML"] = text',
      "element.insertAdjacentHTML('beforeend', text)",
      'document.write(text)',
    ],
    lookalikes: ['element.textContent = text', 'stream.write(text)', '// element.innerHTML = text'],
  },
  {
    name: 'a default export',
    scope: everywhere,
    homes: [[/^test\/vitest\.config\.ts$/, 'vitest requires it']],
    matches: (node) =>
      node.type === 'ExportDefaultDeclaration' ||
      (node.type === 'ExportSpecifier' && getName(node['exported']) === 'default'),
    violations: [
      'export default 1',
      'export default class {}',
      "export { default } from './a.ts'",
      'export { a as default }',
    ],
    lookalikes: ['export const a = { default: 1 }', "import b from './b.ts'"],
  },
  {
    name: 'catch',
    scope: shipped,
    homes: [
      [/^lambdas\/adapters\//, 'adapters translate errors into ServiceError or an outcome'],
      [/^lambdas\/runtime\//, 'batches report failures to Lambda message by message'],
      [/^bin\/pcr\/stores\//, 'adapters translate errors into ServiceError or an outcome'],
      [/^bin\/pcr\/console\/page\/api-client\.ts$/, 'a server that does not answer is an outcome'],
      [/^bin\/pcr\/run\.ts$/, 'a command ends with a message and an exit code, not a stack trace'],
      [
        /^bin\/pcr\/console\/(?:deal-list|kept-view|pipeline-picture)\.ts$/,
        'the next view reads again, and reports why a read has failed',
      ],
      [/^lambdas\/build\.ts$/, 'a command ends with one message, not a stack trace'],
      [/^lambdas\/core\/certificates\.ts$/, 'X509Certificate reports malformed PEM only by an exception'],
      [/^lambdas\/core\/json-text\.ts$/, 'JSON.parse reports malformed text only by an exception'],
      [
        /^lambdas\/deliver\/deliver\.ts$/,
        'a claim whose message cannot be prepared is given back or given up',
      ],
      [/^lambdas\/core\/unreadable\.ts$/, 'that a row is unreadable is an outcome'],
      [/^lambdas\/act\/act-batch\.ts$/, 'a line that fails does not keep the other lines waiting'],
      [/^lambdas\/act\/call-partner-central\.ts$/, 'a call that was not sent is not open'],
      [/^lambdas\/act\/work-on-line\.ts$/, 'a line on which the work fails is given up'],
      [/^lambdas\/fan-out\/fan-out\.ts$/, 'a version that cannot be read is set aside'],
      [/^lambdas\/hydrate\/hydrate-batch\.ts$/, 'a failed message is postponed or parked by itself'],
      [/^lambdas\/hydrate\/wait-until-ripe\.ts$/, 'an early read that fails is left to the ripe read'],
      [/^lambdas\/records\/read-or-refusal\.ts$/, 'a refused read is an outcome'],
      [
        /^lambdas\/hydrate\/(solution-names|read-opportunity)\.ts$/,
        'no opportunity waits for the names of its solutions',
      ],
      [/^lambdas\/hydrate\/link-engagement\.ts$/, 'a link that has to wait is an outcome'],
      [/^lambdas\/commands\/answer-failures\.ts$/, 'a failure that passes is an answer'],
      [
        /^lambdas\/door\/(?:authenticate|timed-cache)\.ts$/,
        'a client that cannot be read is unknown, and an error is not cached',
      ],
      [/^lambdas\/records\/ring-line\.ts$/, 'a line whose doorbell is unavailable stays due'],
      [
        /^lambdas\/reconcile\/(?:list-pass|expiration-pass|reminder-pass)\.ts$/,
        'a failed pass is postponed, restarted or given up with its reason',
      ],
      [/^lambdas\/quota\/call-limiter\.ts$/, 'an error rejects every call that waits for a permit'],
      [/^lambdas\/quarantine\/quarantine\.ts$/, 'an event that cannot be parsed is parked with the error'],
    ],
    matches: (node) =>
      node.type === 'CatchClause' ||
      (node.type === 'MemberExpression' && getName(node['property']) === 'catch'),
    violations: ['try { a(); } catch (error) { b(); }', 'try { a(); } catch {}', 'a().catch(b)'],
    lookalikes: ['try { a(); } finally { b(); }', '// catch'],
  },
];

/** What parses a text as HTML: a title of a deal could then run as a script in the page. */
const htmlSinks = new Set(['dangerouslySetInnerHTML', 'innerHTML', 'outerHTML', 'insertAdjacentHTML']);

/** Finds uses outside the homes of a rule. @returns `path:line` */
export function findStrays(rule: HomeRule, files: readonly SourceFile[]): readonly string[] {
  return files
    .filter(({ path }) => rule.scope.test(path) && !rule.homes.some(([home]) => home.test(path)))
    .flatMap((file) => file.nodes.filter(rule.matches).map((node) => `${file.path}:${getLine(file, node)}`));
}

/** Finds homes that do not use the construct: an outdated list would hide the next violation. */
export function findEmptyHomes(
  { homes, matches }: HomeRule,
  files: readonly SourceFile[],
): readonly string[] {
  return homes
    .filter(([home]) => !files.some(({ path, nodes }) => home.test(path) && nodes.some(matches)))
    .map(([home]) => home.source);
}

/** Whether a file is a barrel: it contains only `export … from`. */
export function isBarrel({ nodes: [program] }: SourceFile): boolean {
  const statements = Array.isArray(program?.['body']) ? program['body'].filter(isNode) : [];
  return (
    statements.length > 0 &&
    statements.every(({ source, type }) => isNode(source) && type.startsWith('Export'))
  );
}

const calls = new Set(['info', 'warn', 'error']);

/** Finds the first argument of every log call: a string, or `computed` if it is not a literal. */
export function findLogNames({ nodes }: SourceFile): readonly string[] {
  return nodes.flatMap((node) => {
    const { callee } = node;
    if (node.type !== 'CallExpression' || !isNode(callee) || callee.type !== 'MemberExpression') return [];
    if (getLastName(callee['object']) !== 'log' || !calls.has(getLastName(callee) ?? '')) return [];
    const [first] = Array.isArray(node['arguments']) ? node['arguments'] : [];
    return [isNode(first) && first.type === 'Literal' ? (getName(first) ?? 'computed') : 'computed'];
  });
}

/** Finds the members of a union of strings, `type Name = 'a' | 'b'`. */
export function findUnionMembers({ nodes }: SourceFile, name: string): readonly string[] {
  const declared = nodes.find(({ type, id }) => type === 'TSTypeAliasDeclaration' && getName(id) === name);
  return collectNodes(declared?.['typeAnnotation']).flatMap((node) =>
    node.type === 'Literal' ? [getName(node) ?? ''] : [],
  );
}

function isEmpty(list: unknown): boolean {
  return Array.isArray(list) && list.length === 0;
}

function isConst(type: unknown): boolean {
  return isNode(type) && getName(type['typeName']) === 'const';
}

function isTimer(name: string | undefined): boolean {
  return /^(?:set(?:Timeout|Interval|Immediate)|queueMicrotask|nextTick)$/.test(name ?? '');
}

function isRandomSource(name: string | undefined): boolean {
  return /^(?:random(?:UUID|Bytes|Int|FillSync|Fill)|getRandomValues)$/.test(name ?? '');
}
