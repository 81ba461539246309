import { type JsonSchema, toJsonSchema } from '@valibot/to-json-schema';
import { mostFollowers } from '../../../lambdas/commands/expand-request.ts';
import { problemTypes } from '../../../lambdas/commands/problem-document.ts';
import { requestSchema } from '../../../lambdas/core/command-schema.ts';
import { commandSchema } from '../../../lambdas/core/command-state.ts';
import { isSchema, openEnum, openSchema } from '../webhooks/open-schema.ts';

const text: JsonSchema = { type: 'string' };
const listOf = (items: JsonSchema): JsonSchema => ({ type: 'array', items });
const objectOf = (properties: Record<string, JsonSchema>, optional: Record<string, JsonSchema> = {}) => ({
  type: 'object' as const,
  properties: { ...properties, ...optional },
  required: Object.keys(properties),
});

/** The body of a POST. The door says more exactly what is allowed. */
function requestBody(): JsonSchema {
  const { $schema: _, ...converted } = toJsonSchema(requestSchema, {
    target: 'draft-2020-12',
    typeMode: 'input',
    // What a text has to match is code.
    errorMode: 'ignore',
    overrideSchema: ({ valibotSchema: { type } }) => {
      // A date-time is parsed from anything.
      if (type === 'unknown') return { type: 'string', format: 'date-time' };
      return type === 'custom' ? { type: 'object' } : undefined;
    },
  });
  const { oneOf = [] } = converted;
  return {
    ...converted,
    oneOf: oneOf.map((variant) => (isOfCreate(variant) ? withFollowers(variant) : variant)),
  };
}

function isOfCreate(variant: JsonSchema | boolean): variant is JsonSchema {
  const action = isSchema(variant) ? variant.properties?.['action'] : undefined;
  return action !== undefined && isSchema(action) && action.const === 'opportunity.create';
}

/** A follower is a command without the members that it has from the request. */
function withFollowers({ properties, ...variant }: JsonSchema): JsonSchema {
  const items: JsonSchema = {
    type: 'object',
    description: 'A command for the new opportunity, after the one before.',
    properties: { action: text },
    required: ['action'],
  };
  const followedBy: JsonSchema = { type: 'array', minItems: 1, maxItems: mostFollowers, items };
  return { ...variant, properties: { ...properties, followedBy } };
}

/** Answers are open: a later release may add members, and values of a list. */
function command(): JsonSchema {
  const { properties = {}, required = [], ...schema } = openSchema(commandSchema);
  const { client: _, ...members } = properties;
  return {
    ...schema,
    properties: {
      id: text,
      catalog: text,
      ...members,
      version: { type: 'integer', minimum: 1 },
      followedBy: listOf({ $ref: '#/components/schemas/Command' }),
    },
    required: ['id', 'catalog', ...required.filter((name) => name !== 'client'), 'version'],
  };
}

const problemMember = objectOf({ path: text, message: text });
const change = objectOf({ path: text }, { before: {}, after: {} });

/** The schemas of both doors, by name. */
export function commandSchemas(): Readonly<Record<string, JsonSchema>> {
  return {
    Request: { description: 'What the client asks for. See ../commands.md.', ...requestBody() },
    Command: { description: 'A command, without values.', ...command() },
    CommandWithRequest: {
      allOf: [
        { $ref: '#/components/schemas/Command' },
        {
          type: 'object',
          properties: {
            request: {
              type: 'object',
              description: 'The request, without what the client may never see. Absent when it is gone.',
            },
          },
        },
      ],
    },
    Check: {
      description: 'What the command would do to the stored record.',
      ...objectOf(
        {
          changes: listOf(change),
          locked: { type: 'boolean' },
          needsApproval: { type: 'boolean' },
          problems: listOf(problemMember),
          warnings: listOf(problemMember),
        },
        { followedBy: listOf({ $ref: '#/components/schemas/Check' }) },
      ),
    },
    Problem: {
      description: 'A problem document (RFC 9457).',
      ...objectOf({
        type: { type: 'string', format: 'uri' },
        title: text,
        status: { type: 'integer', minimum: 400, maximum: 599 },
        detail: { type: 'string', description: 'Describes the value, and says what is allowed.' },
        code: openEnum(Object.keys(problemTypes)),
        errors: listOf(
          objectOf({
            detail: text,
            pointer: {
              type: 'string',
              pattern: '^#',
              description: 'JSON Pointer into the request, as a fragment of a URI.',
            },
          }),
        ),
      }),
    },
  };
}
