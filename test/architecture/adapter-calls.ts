import {
  collectNodes,
  findImports,
  getLastName,
  getName,
  isNode,
  type Node,
  type SourceFile,
} from './source-files.ts';

/** An AWS operation that a method of an adapter calls. */
export interface AwsCall {
  /** `dynamodb:GetItem` */
  readonly action: string;
  /** Whether it reads an index of the table instead of the table. */
  readonly onIndex: boolean;
  /** Settings of the adapter that the method uses: `parked` of `urls.parked`. */
  readonly settings: ReadonlySet<string>;
}

/** The AWS operations of each method of an adapter. */
export type AdapterCalls = ReadonlyMap<string, readonly AwsCall[]>;

/** IAM prefix of each SDK client. */
const services: Readonly<Record<string, string>> = {
  'client-dynamodb': 'dynamodb',
  'client-sqs': 'sqs',
  'client-secrets-manager': 'secretsmanager',
  'client-eventbridge': 'events',
  'client-partnercentral-selling': 'partnercentral',
};

/** Operations with a different name in IAM. */
const iamNames: Readonly<Record<string, string>> = { 'sqs:SendMessageBatch': 'sqs:SendMessage' };

/** A transaction needs the action of each part: `{ Put: … }` needs PutItem. */
const transactionParts: Readonly<Record<string, string>> = {
  Put: 'dynamodb:PutItem',
  Update: 'dynamodb:UpdateItem',
  Delete: 'dynamodb:DeleteItem',
  ConditionCheck: 'dynamodb:ConditionCheckItem',
};

/**
 * Finds the AWS operations of each method of an adapter, which another factory may have made: the
 * commands in the method and in everything that it names in its file and in imported files of the
 * same folder. A factory that uses no command, such as one of a client, has no methods.
 * @param files all files, including those that the file of the adapter imports
 * @throws Error if the file does not declare the factory, or the factory returns no object of
 * methods
 */
export function findAdapterCalls(files: readonly SourceFile[], path: string, factory: string): AdapterCalls {
  const beside = collectImports(files, path);
  const topLevel = new Map(
    beside.flatMap(({ nodes: [program] }) => [...findDeclarations(program?.['body'])]),
  );
  const operations = new Map(beside.flatMap((file) => [...findImportedOperations(file)]));
  const declared = topLevel.get(factory);
  if (!declared) throw new Error(`${path} does not declare ${factory}`);
  if (!findReachableNodes(declared, topLevel).some((node) => findOperation(node, operations)))
    return new Map();
  const body = isNode(declared['body']) ? toNodes(declared['body']['body']) : [];
  const returned = body.find(({ type }) => type === 'ReturnStatement')?.['argument'];
  const maker =
    isNode(returned) && returned.type === 'CallExpression' ? getName(returned['callee']) : undefined;
  if (maker !== undefined) return findAdapterCalls(files, path, maker);
  if (!isNode(returned) || returned.type !== 'ObjectExpression')
    throw new Error(`${factory} in ${path} does not return an object of methods`);
  const own = findDeclarations(body);
  const scope = new Map([...topLevel, ...own]);
  const named = findSettingNames([...toNodes(declared['params']), ...body]);
  const settingsOf = (node: Node): ReadonlySet<string> => {
    const reached = findReachableNodes(node, own);
    const names = reached.flatMap((each) => (each.type === 'Identifier' ? (getName(each) ?? []) : []));
    return new Set([...findMemberNames(node), ...names.filter((name) => named.has(name))]);
  };
  const methodsOf = (property: Node): (readonly [string, readonly AwsCall[]])[] => {
    if (property.type === 'SpreadElement') {
      const { argument } = property;
      const spread = isNode(argument) ? getName(argument['callee']) : undefined;
      const calls = [...findAdapterCalls(files, path, spread ?? 'a computed name')];
      const settings = settingsOf(property);
      const given = settings.size > 0 ? { settings } : {};
      return calls.map(([method, made]) => [method, made.map((each) => ({ ...each, ...given }))] as const);
    }
    // The parts of a transaction are often made apart from its command.
    const parts = findParts(findReachableNodes(property, scope), operations);
    const calls = splitBySetting(property, settingsOf, named).flatMap((part) => {
      const reached = findReachableNodes(part, scope);
      const onIndex = reached.some(({ type, key }) => type === 'Property' && getName(key) === 'IndexName');
      const settings = settingsOf(part);
      return [...findActions(reached, operations, parts)].map((action) => ({ action, onIndex, settings }));
    });
    return [[getName(property['key']) ?? 'computed', calls] as const];
  };
  return new Map(toNodes(returned['properties']).flatMap(methodsOf));
}

/** Collects a file and, transitively, the files that it imports from its own folder. */
function collectImports(files: readonly SourceFile[], path: string): readonly SourceFile[] {
  const found = new Set<SourceFile>();
  const waiting = [path];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const file = files.find((each) => each.path === next);
    if (!file || found.has(file)) continue;
    found.add(file);
    waiting.push(
      ...findImports(file).flatMap(({ target }) => (folderOf(target) === folderOf(path) ? target : [])),
    );
  }
  return [...found];
}

function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/'));
}

/** Finds the functions and constants that statements declare, exported or not. */
function findDeclarations(statements: unknown): Map<string, Node> {
  const declared = toNodes(statements)
    .map((statement) => (isNode(statement['declaration']) ? statement['declaration'] : statement))
    .flatMap((statement) => [statement, ...toNodes(statement['declarations'])]);
  return new Map(
    declared.flatMap((node) => {
      const name = getName(node['id']);
      return name === undefined ? [] : [[name, node] as const];
    }),
  );
}

/** Collects the nodes of some code and, transitively, of the declarations that it names. */
function findReachableNodes(start: Node, scope: ReadonlyMap<string, Node>): readonly Node[] {
  const reached: Node[] = [];
  const named = new Set<string>();
  // `send` of `client.send` and of `{ send: … }` names no declaration.
  const members = new Set<unknown>();
  const waiting = [start];
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    for (const node of collectNodes(next)) {
      reached.push(node);
      if (node.type === 'MemberExpression' && node['computed'] !== true) members.add(node['property']);
      if (node.type === 'Property' && node['shorthand'] !== true) members.add(node['key']);
      const name = node.type === 'Identifier' && !members.has(node) ? getName(node) : undefined;
      if (name === undefined || named.has(name)) continue;
      named.add(name);
      const declaration = scope.get(name);
      if (declaration) waiting.push(declaration);
    }
  }
  return reached;
}

function findMemberNames(property: Node): ReadonlySet<string> {
  const members = collectNodes(property).filter(({ type }) => type === 'MemberExpression');
  return new Set(members.flatMap((member) => getLastName(member) ?? []));
}

/** Maps local names of imported commands and paginators to actions: `dynamodb:GetItem`. */
export function findImportedOperations({ path, nodes }: SourceFile): ReadonlyMap<string, string> {
  const operations = new Map<string, string>();
  for (const node of nodes) {
    const [, client] = /^@aws-sdk\/(client-.*)$/.exec(getName(findImport(node)['source']) ?? '') ?? [];
    if (client === undefined) continue;
    const service = services[client];
    if (service === undefined) throw new Error(`${path} imports ${client}: add its IAM prefix to services`);
    for (const { imported, local, key, value } of [
      ...toNodes(node['specifiers']),
      ...collectNodes(node['id']).filter(({ type }) => type === 'Property'),
    ]) {
      const name = /^(?:paginate([A-Z]\w*)|([A-Z]\w*)Command)$/.exec(getName(imported ?? key) ?? '');
      if (name) operations.set(getName(local ?? value) ?? '', `${service}:${name[1] ?? name[2]}`);
    }
  }
  return operations;
}

/** Returns the import inside `const { A } = await import('…')`, or the node itself. */
function findImport(node: Node): Node {
  const { init } = node;
  const awaited = isNode(init) && init.type === 'AwaitExpression' ? init['argument'] : undefined;
  return isNode(awaited) && awaited.type === 'ImportExpression' ? awaited : node;
}

function findOperation(node: Node, operations: ReadonlyMap<string, string>): string | undefined {
  const isMade = node.type === 'NewExpression' || node.type === 'CallExpression';
  return isMade ? operations.get(getName(node['callee']) ?? '') : undefined;
}

/** Whether nodes make a transaction, and have its parts. */
function findParts(nodes: readonly Node[], operations: ReadonlyMap<string, string>): boolean {
  return (
    nodes.some((node) => findOperation(node, operations)?.startsWith('dynamodb:Transact')) &&
    nodes.some((node) => partOf(node) !== undefined)
  );
}

function partOf({ type, key }: Node): string | undefined {
  return type === 'Property' ? transactionParts[getName(key) ?? ''] : undefined;
}

/** @param hasParts whether the parts of a transaction stand for it: IAM has no action for it */
function findActions(
  nodes: readonly Node[],
  operations: ReadonlyMap<string, string>,
  hasParts: boolean,
): ReadonlySet<string> {
  const actions = nodes.flatMap((node) => {
    const part = hasParts ? partOf(node) : undefined;
    if (part !== undefined) return [part];
    const operation = findOperation(node, operations);
    if (operation === undefined || (hasParts && operation.startsWith('dynamodb:Transact'))) return [];
    return [iamNames[operation] ?? operation];
  });
  return new Set(actions);
}

/** Names that a factory takes out of its settings: `{ records, webhooks }`. */
function findSettingNames(nodes: readonly Node[]): ReadonlySet<string> {
  const taken = nodes.flatMap((node) => [
    ...(node.type === 'ObjectPattern' ? [node] : []),
    ...toNodes(node['declarations']).flatMap(({ id }) =>
      isNode(id) && id.type === 'ObjectPattern' ? [id] : [],
    ),
  ]);
  return new Set(
    taken.flatMap((pattern) => toNodes(pattern['properties']).flatMap(({ key }) => getName(key) ?? [])),
  );
}

/**
 * Splits a method into its largest parts that name one setting at most, such as the items of a
 * transaction over two tables.
 */
function splitBySetting(
  node: Node,
  settingsOf: (node: Node) => ReadonlySet<string>,
  named: ReadonlySet<string>,
): readonly Node[] {
  const isSplit = [...settingsOf(node)].filter((name) => named.has(name)).length > 1;
  if (!isSplit) return [node];
  const inner = Object.values(node)
    .flatMap((value) => (Array.isArray(value) ? value : [value]))
    .filter(isNode);
  return inner.flatMap((each) => splitBySetting(each, settingsOf, named));
}

function toNodes(value: unknown): readonly Node[] {
  return Array.isArray(value) ? value.filter(isNode) : [];
}
