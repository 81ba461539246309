import { type AdapterCalls, type AwsCall, findAdapterCalls } from './adapter-calls.ts';
import {
  collectNodes,
  findImports,
  getLastName,
  getName,
  isMember,
  isNode,
  type Node,
  type SourceFile,
} from './source-files.ts';

/** An adapter that the handler of a function creates. */
interface WiredAdapter {
  /** Name in the handler: `records` of `records: dynamodbRecordStore(…)`. */
  readonly name: string;
  readonly calls: AdapterCalls;
  /**
   * Environment variables that it receives, each with the name of the setting. The name is
   * undefined if there is only one.
   */
  readonly variables: readonly (readonly [setting: string | undefined, variable: string])[];
}

/** An AWS operation of a function, and the environment variable that names the resource. */
export interface FunctionCall {
  readonly action: string;
  /** Undefined if the adapter receives no variable. */
  readonly variable: string | undefined;
  readonly onIndex: boolean;
}

/**
 * Finds the AWS operations of a function: it follows the imports of the handler, and collects the
 * operations of each adapter method that the imported code uses. Code uses a method if it names it
 * after the adapter: `records.version(…)`.
 * @throws Error if an adapter has no name in the handler, or none of its methods is used
 */
export function findFunctionCalls(files: readonly SourceFile[], entry: string): readonly FunctionCall[] {
  const own = findReachableFiles(files, entry);
  const nodes = own.flatMap((file) => file.nodes);
  return own
    .flatMap((file) => findWiring(file, files))
    .flatMap(({ name, calls, variables: given }) => {
      const used = [...calls].filter(([method]) => nodes.some((node) => isUseOf(node, name, method)));
      if (used.length === 0) throw new Error(`${entry} creates ${name} and never uses it`);
      const made = used.flatMap(([, ofMethod]) => ofMethod);
      return made.flatMap((each) => selectVariables(each, given).map((variable) => ({ ...each, variable })));
    });
}

/** Collects the files that a handler imports, transitively, without adapters. */
function findReachableFiles(files: readonly SourceFile[], entry: string): readonly SourceFile[] {
  const found = new Set<SourceFile>();
  const waiting = [entry];
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    const file = files.find((each) => each.path === path);
    if (!file || found.has(file) || path.startsWith('lambdas/adapters/')) continue;
    found.add(file);
    waiting.push(...findImports(file).map(({ target }) => target));
  }
  if (found.size === 0) throw new Error(`${entry} does not exist`);
  return [...found];
}

function findWiring(file: SourceFile, files: readonly SourceFile[]): readonly WiredAdapter[] {
  const adapters = findAdapters(file, files);
  const wired = file.nodes.flatMap((node): WiredAdapter[] => {
    const { key, value, id, init } = node;
    const made = node.type === 'Property' ? value : node.type === 'VariableDeclarator' ? init : undefined;
    // `partnerCentral: (quota) => …` makes the adapter later.
    const call = isNode(made) && made.type === 'ArrowFunctionExpression' ? made['body'] : made;
    const calls = isNode(call) ? adapters.get(call) : undefined;
    const name = getName(key) ?? getName(id);
    return isNode(call) && calls && name !== undefined
      ? [{ name, calls, variables: findVariables(call) }]
      : [];
  });
  if (wired.length < adapters.size) throw new Error(`${file.path} creates an adapter without a name`);
  return wired;
}

/** Finds the calls that create an adapter with AWS operations, and these operations. */
function findAdapters(file: SourceFile, files: readonly SourceFile[]): ReadonlyMap<Node, AdapterCalls> {
  const adapters = new Map(
    file.nodes.flatMap((node): [string, string][] => {
      const [, adapter] = /^\.\.\/adapters\/(.+)$/.exec(getName(node['source']) ?? '') ?? [];
      const locals = collectNodes(node['specifiers']).flatMap(({ local }) => getName(local) ?? []);
      return adapter === undefined ? [] : locals.map((local) => [local, `lambdas/adapters/${adapter}`]);
    }),
  );
  const calls = file.nodes.flatMap((node): [Node, AdapterCalls][] => {
    const factory = node.type === 'CallExpression' ? (getName(node['callee']) ?? '') : '';
    const adapter = adapters.get(factory);
    return adapter === undefined ? [] : [[node, findAdapterCalls(files, adapter, factory)]];
  });
  return new Map(calls.filter(([, methods]) => methods.size > 0));
}

/** Finds variables in arguments: `env.RECORDS_TABLE_NAME` or `{ queue: env.QUEUE_URL }`. */
function findVariables(call: Node): WiredAdapter['variables'] {
  const nodes = collectNodes(call['arguments']);
  const settings = nodes.flatMap(({ key, value }): [string, string][] => {
    const [setting, variable] = [getName(key), toVariable(value)];
    return setting === undefined || variable === undefined ? [] : [[setting, variable]];
  });
  const variables = nodes.flatMap((node) => toVariable(node) ?? []);
  return settings.length > 0 ? settings : variables.map((variable) => [undefined, variable]);
}

function toVariable(node: unknown): string | undefined {
  const isEnv = isNode(node) && node.type === 'MemberExpression' && getName(node['object']) === 'env';
  return isEnv ? getLastName(node) : undefined;
}

function selectVariables(
  { settings }: AwsCall,
  given: WiredAdapter['variables'],
): readonly (string | undefined)[] {
  if (given.length === 0) return [undefined];
  const used = given.filter(([setting]) => setting === undefined || settings.has(setting));
  return used.map(([, variable]) => variable);
}

/** Whether a node is `name.method`, called or passed on, or `const { method } = name`. */
function isUseOf(node: Node, name: string, method: string): boolean {
  const { type, id, init } = node;
  const taken = type === 'VariableDeclarator' && getLastName(init) === name;
  return (
    isMember(node, name, method) || (taken && collectNodes(id).some(({ key }) => getName(key) === method))
  );
}
