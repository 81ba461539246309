import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseAst } from 'vitest/node';

/** A node of the syntax tree: ESTree with TypeScript nodes. Its members depend on its type. */
export interface Node {
  readonly type: string;
  /** Offset in the text. */
  readonly start: number;
  readonly [member: string]: unknown;
}

export interface SourceFile {
  /** Path from the root of the project: `lambdas/core/ids.ts`. */
  readonly path: string;
  readonly text: string;
  /** Every node, parents before children. */
  readonly nodes: readonly Node[];
}

export interface Import {
  /**
   * `lambdas/core/ids.ts`, `node:crypto`, `package:valibot`; `computed` where the name is no
   * literal.
   */
  readonly target: string;
  readonly typeOnly: boolean;
}

const project = fileURLToPath(new URL('../..', import.meta.url));

/** Reads every TypeScript file in these folders of the project. */
export function readSourceFiles(...folders: readonly string[]): readonly SourceFile[] {
  return folders.flatMap((folder) =>
    readdirSync(`${project}${folder}`, { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.tsx?$/.test(name))
      .map((name) => `${folder}/${name.replaceAll('\\', '/')}`)
      .toSorted()
      .map((path) => parseSource(path, readFileSync(`${project}${path}`, 'utf8'))),
  );
}

/** @throws Error if the text is not valid TypeScript */
export function parseSource(path: string, text: string): SourceFile {
  return {
    path,
    text,
    nodes: collectNodes(parseAst(text, { lang: path.endsWith('.tsx') ? 'tsx' : 'ts' }, path)),
  };
}

export function collectNodes(value: unknown): Node[] {
  if (Array.isArray(value)) return value.flatMap(collectNodes);
  if (!isNode(value)) return [];
  return [value, ...Object.values(value).flatMap(collectNodes)];
}

export function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';
}

/** The name of an identifier or the text of a string literal, else undefined. */
export function getName(value: unknown): string | undefined {
  if (!isNode(value)) return undefined;
  const name = value.type === 'Literal' ? value['value'] : value['name'];
  return typeof name === 'string' ? name : undefined;
}

/** `name` for both `name` and `some.name`. */
export function getLastName(value: unknown): string | undefined {
  return isNode(value) && value.type === 'MemberExpression' ? getName(value['property']) : getName(value);
}

/** Whether a node is `object.property` or `object['property']`, also behind `global.`. */
export function isMember(node: Node, object: string, property: string): boolean {
  return (
    node.type === 'MemberExpression' &&
    getLastName(node['object']) === object &&
    getLastName(node) === property
  );
}

export function getLine({ text }: SourceFile, { start }: Node): number {
  return text.slice(0, start).split('\n').length;
}

const importing = new Set([
  'ImportDeclaration',
  'ExportNamedDeclaration',
  'ExportAllDeclaration',
  'ImportExpression',
  'TSImportType',
]);

/** Finds every import of a file, including `import type`, `export … from` and `import('…')`. */
export function findImports({ path, nodes }: SourceFile): readonly Import[] {
  return nodes.flatMap((node) => {
    const required = node.type === 'CallExpression' && getName(node['callee']) === 'require';
    if (!importing.has(node.type) && !required) return [];
    const source = required ? collectNodes(node['arguments'])[0] : node['source'];
    // It exports a declaration of the same file.
    if (node.type === 'ExportNamedDeclaration' && !isNode(source)) return [];
    return [{ target: resolveTarget(path, getName(source)), typeOnly: isTypeOnly(node) }];
  });
}

function isTypeOnly(node: Node): boolean {
  if (node.type === 'TSImportType') return true;
  const { importKind, exportKind, specifiers } = node;
  if (importKind === 'type' || exportKind === 'type') return true;
  const named = Array.isArray(specifiers) ? specifiers.filter(isNode) : [];
  return named.length > 0 && named.every((each) => [each['importKind'], each['exportKind']].includes('type'));
}

function resolveTarget(importer: string, specifier: string | undefined): string {
  if (specifier === undefined) return 'computed';
  if (specifier.startsWith('node:')) return specifier;
  if (!specifier.startsWith('.')) return `package:${specifier}`;
  // A deep base keeps paths above the root distinct, which a URL would otherwise cut off.
  const base = 'file:///outside/outside/outside/project/';
  return new URL(specifier, base + importer).href.replace(base, '').replace('file:///', '');
}
