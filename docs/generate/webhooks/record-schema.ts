import type { JsonSchema } from '@valibot/to-json-schema';
import { commandSchema } from '../../../lambdas/core/command-state.ts';
import type { PartnerRecordKind, RecordKind } from '../../../lambdas/core/record.ts';
import api from '../../../test/drift/known-api.json' with { type: 'json' };
import { openEnum, openSchema, withoutRequired } from './open-schema.ts';

/**
 * The JSON Schema of a record. That of AWS's records is made from AWS's service model, as `npm run
 * drift -- --record` has recorded it. Each member may be absent: AWS omits even required members,
 * and an endpoint may redact any.
 */
export function recordSchema(kind: RecordKind): JsonSchema {
  return kind === 'command' ? withoutRequired(openSchema(commandSchema)) : schemaAt(modelOf(kind), '');
}

/** What AWS prints as a timestamp. It is not checked: it has several forms, and may get others. */
export const timestampTitle = 'Timestamp';
const timestamp: JsonSchema = {
  title: timestampTitle,
  description: 'A timestamp of AWS: ISO 8601, with none to nine digits after the second.',
};

interface Model {
  /** JSON Pointers of members without members of their own; `*` is any element. */
  readonly members: readonly string[];
  readonly types: ReadonlyMap<string, string>;
}

const enums = new Map<string, string[]>(Object.entries(api.enums));

function modelOf(kind: PartnerRecordKind): Model {
  return { members: api.members[kind], types: new Map(Object.entries(api.types[kind])) };
}

function schemaAt(model: Model, path: string): JsonSchema {
  const inner = model.members.filter((member) => member.startsWith(`${path}/`));
  const names = [...new Set(inner.map((member) => member.slice(path.length + 1).replace(/\/.*/, '')))];
  if (names.length === 0) return leafSchema(model.types.get(path));
  const schemaOf = (name: string) => schemaAt(model, `${path}/${name}`);
  if (model.types.get(path) === 'map') return { type: 'object', additionalProperties: schemaOf('*') };
  if (names.includes('*')) return { type: 'array', items: schemaOf('*') };
  return { type: 'object', properties: Object.fromEntries(names.map((name) => [name, schemaOf(name)])) };
}

function leafSchema(type = 'string'): JsonSchema {
  const values = enums.get(type);
  // AWS's name of the list, which the types for receivers have too.
  if (values) return { title: type, ...openEnum(values) };
  if (type === 'timestamp') return timestamp;
  return { type: type === 'integer' ? 'number' : 'string' };
}
