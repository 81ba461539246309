import { type JsonSchema, toJsonSchema } from '@valibot/to-json-schema';
import type { GenericSchema } from 'valibot';
import { anyJson, anyRecord } from '../../../lambdas/core/message-schema.ts';
import { storedInstant } from '../../../lambdas/core/value-schema.ts';

/**
 * Returns the JSON Schema of what a receiver must expect. A list of values is open there, because a
 * later release, or AWS, may add one. Objects are open for the same reason.
 */
export function openSchema(schema: GenericSchema): JsonSchema {
  const { $schema: _, ...converted } = toJsonSchema(schema, {
    target: 'draft-2020-12',
    ignoreActions: ['readonly'],
    overrideSchema: ({ valibotSchema, jsonSchema: { anyOf = [], enum: values = [] } }) => {
      if (valibotSchema === storedInstant) return { type: 'string', format: 'date-time' };
      if (valibotSchema === anyJson || valibotSchema === anyRecord) return {};
      if (valibotSchema.type === 'picklist') return openEnum(values);
      // A list of known values beside any text is already open.
      return valibotSchema.type === 'union' ? anyOf.find(isSchema) : undefined;
    },
  });
  return converted;
}

/** Any text, with the values that are known. */
export function openEnum(values: NonNullable<JsonSchema['enum']>): JsonSchema {
  return { anyOf: [{ enum: values }, { type: 'string' }] };
}

export function isSchema(definition: JsonSchema | boolean | readonly unknown[]): definition is JsonSchema {
  return typeof definition === 'object' && !Array.isArray(definition);
}

/** The schema without required members, also inside. */
export function withoutRequired(schema: JsonSchema): JsonSchema {
  const { properties, items } = schema;
  const members = Object.entries(properties ?? {}).map(([name, member]): [string, JsonSchema | boolean] => [
    name,
    isSchema(member) ? withoutRequired(member) : member,
  ]);
  return {
    ...schema,
    required: undefined,
    ...(properties && { properties: Object.fromEntries(members) }),
    ...(items !== undefined && { items: isSchema(items) ? withoutRequired(items) : items }),
  };
}
