import type { JsonSchema } from '@valibot/to-json-schema';
import { isSchema } from './open-schema.ts';

/**
 * Prints a JSON Schema of docs/webhooks/schemas as a TypeScript type.
 * @param named replaces the type of a member: by JSON Pointer into the value
 */
export function typeText(schema: JsonSchema, named: ReadonlyMap<string, string>, path = ''): string {
  const name = named.get(path) ?? schema.title;
  if (name !== undefined && path !== '') return name;
  if (schema.const !== undefined) return literal(schema.const);
  if (schema.anyOf) return enumText(schema.anyOf.filter(isSchema));
  if (schema.type === 'array') return arrayText(schema, named, path);
  if (schema.type === 'object') return objectText(schema, named, path);
  if (schema.type === 'integer' || schema.type === 'number') return 'number';
  return schema.type === 'string' ? 'string' : 'unknown';
}

/** `string & {}` keeps the known values in the completion of an editor. */
function enumText(options: readonly JsonSchema[]): string {
  const values = options.flatMap((option) => option.enum ?? []);
  return unionText([...values.map(literal), '(string & {})']);
}

export function unionText(types: readonly string[]): string {
  const line = types.join(' | ');
  return line.length > 80 ? `\n${indented(types.map((type) => `| ${type}`).join('\n'))}` : line;
}

function arrayText({ items }: JsonSchema, named: ReadonlyMap<string, string>, path: string): string {
  const element = items !== undefined && isSchema(items) ? typeText(items, named, `${path}/*`) : 'unknown';
  return /^\w+$/.test(element) ? `readonly ${element}[]` : `ReadonlyArray<${element}>`;
}

function objectText(schema: JsonSchema, named: ReadonlyMap<string, string>, path: string): string {
  const { properties = {}, required = [], additionalProperties } = schema;
  if (additionalProperties !== undefined && isSchema(additionalProperties))
    return `{ readonly [name: string]: ${typeText(additionalProperties, named, `${path}/*`)} }`;
  const members = Object.entries(properties).flatMap(([name, member]) => {
    if (!isSchema(member)) return [];
    const type = typeText(member, named, `${path}/${name}`);
    const line = `readonly ${name}${required.includes(name) ? '' : '?'}: ${type};`;
    return member.description === undefined || member.title !== undefined
      ? [line]
      : [`/** ${member.description} */`, line];
  });
  return `{\n${indented(members.join('\n'))}\n}`;
}

function indented(lines: string): string {
  return lines.replaceAll(/^/gm, '  ');
}

function literal(value: unknown): string {
  return typeof value === 'string'
    ? `'${value.replaceAll(/['\\]/g, String.raw`\$&`)}'`
    : JSON.stringify(value);
}
