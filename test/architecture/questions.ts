import { collectNodes, getLine, getName, isNode, type Node, type SourceFile } from './source-files.ts';

/** A name that reads as a question with a yes-or-no answer. */
const question = /^(?:is|has|can)[A-Z]/;

/** Names of methods that change something: a store, a queue, a set, a list. */
const write =
  /^(?:acquire|add|append|claim|clear|delete|insert|mark|park|put|release|remove|save|set|settle|signal|store|try[A-Z]\w*|update|write)(?:[A-Z]\w*)?$/;

/**
 * In what is deployed or shipped, a question that has to wait is named after what it does:
 * `findLink`, `tryAppend`.
 */
const shipped = /^(?:bin|lib|lambdas)\//;

/**
 * Finds functions that are named like a question but do more than answer it: they call a method
 * that writes or, in shipped code, are asynchronous or return a promise. Methods and signatures of
 * types count too.
 * @returns `path:line name: reason`
 */
export function findBusyQuestions(file: SourceFile): readonly string[] {
  return file.nodes.flatMap((node) => {
    const { name, code } = readFunction(node);
    if (name === undefined || code === undefined || !question.test(name)) return [];
    const reason = explainWrite(code) ?? (shipped.test(file.path) ? explainWait(code) : undefined);
    return reason === undefined ? [] : [`${file.path}:${getLine(file, node)} ${name}: ${reason}`];
  });
}

/** The name of a function and the node that holds its code or signature; empty for other nodes. */
function readFunction(node: Node): { readonly name?: string | undefined; readonly code?: Node } {
  const { type, id, key, init, value, typeAnnotation } = node;
  if (type === 'FunctionDeclaration') return { name: getName(id), code: node };
  if (type === 'TSMethodSignature') return { name: getName(key), code: node };
  const holder =
    type === 'VariableDeclarator' ? init : type === 'TSPropertySignature' ? typeAnnotation : value;
  const isFunction = isNode(holder) && collectNodes(holder).some(({ type: inner }) => functions.has(inner));
  if (!isNode(holder) || !isFunction || !(isDirect(holder) || type === 'TSPropertySignature')) return {};
  return { name: getName(type === 'VariableDeclarator' ? id : key), code: holder };
}

const functions = new Set(['ArrowFunctionExpression', 'FunctionExpression', 'TSFunctionType']);

const isDirect = ({ type }: Node): boolean => functions.has(type);

function explainWrite(code: Node): string | undefined {
  const called = collectNodes(code)
    .filter(({ type }) => type === 'CallExpression')
    .flatMap(({ callee }) =>
      isNode(callee) && callee.type === 'MemberExpression' ? (getName(callee['property']) ?? []) : [],
    )
    .find((name) => write.test(name));
  return called === undefined ? undefined : `calls ${called}`;
}

function explainWait(code: Node): string | undefined {
  const waits = collectNodes(code).some(({ type }) => type === 'AwaitExpression');
  if (code['async'] === true || waits) return 'is asynchronous';
  const returned = collectNodes(code['returnType'] ?? (code.type.startsWith('TS') ? code : undefined));
  return returned.some(({ typeName }) => getName(typeName) === 'Promise') ? 'returns a promise' : undefined;
}
