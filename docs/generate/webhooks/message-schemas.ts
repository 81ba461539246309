import type { JsonSchema } from '@valibot/to-json-schema';
import { messageSchema } from '../../../lambdas/core/message-schema.ts';
import { type MessageType, messageTypes, topics } from '../../../lambdas/core/message-type.ts';
import { makeSample } from '../../../lambdas/core/sample-version.ts';
import { isSchema, openEnum, openSchema } from './open-schema.ts';
import { recordSchema } from './record-schema.ts';
import { sampledAt } from './samples.ts';

/** The JSON Schema of the messages of one type. It needs no other document. */
function messageSchemaOf(type: MessageType): JsonSchema {
  const { kind } = makeSample(type, sampledAt);
  const { properties: { data, ...properties } = {}, ...message } = openSchema(messageSchema);
  if (data === undefined || !isSchema(data)) throw new TypeError('a message has no data');
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: `urn:partner-central-relay:message:${type}`,
    title: type,
    ...message,
    properties: {
      ...properties,
      type: { const: type },
      data: {
        ...data,
        properties: {
          ...data.properties,
          kind: { const: kind },
          topics: topicsBeside(type),
          record: {
            $ref: '#/$defs/record',
            description:
              'The record as AWS names its members, without null members. Absent in thin messages.',
          },
        },
      },
    },
    $defs: { record: { title: kind, ...recordSchema(kind) } },
  };
}

/** The topics that messages of a type can have are those of its kind. */
function topicsBeside(type: MessageType): JsonSchema {
  const prefix = type.slice(0, type.indexOf('.') + 1);
  return {
    type: 'array',
    items: openEnum(topics.filter((topic) => topic.startsWith(prefix))),
    description: 'The type, then what has changed.',
  };
}

/** By the path of the document in `docs/webhooks`. */
export function schemaFiles(): ReadonlyMap<string, string> {
  return new Map(
    messageTypes.map((type) => [
      `schemas/${type}.json`,
      `${JSON.stringify(messageSchemaOf(type), undefined, 2)}\n`,
    ]),
  );
}
