import type { JsonSchema } from '@valibot/to-json-schema';
import { messageSchema } from '../../../lambdas/core/message-schema.ts';
import { type MessageType, messageTypes, topics } from '../../../lambdas/core/message-type.ts';
import { recordKinds } from '../../../lambdas/core/record.ts';
import { makeSample } from '../../../lambdas/core/sample-version.ts';
import { compareTexts } from '../../../lambdas/core/text-order.ts';
import packageJson from '../../../package.json' with { type: 'json' };
import { isSchema, openEnum, openSchema } from './open-schema.ts';
import { recordSchema, timestampTitle } from './record-schema.ts';
import { sampledAt } from './samples.ts';
import { typeText, unionText } from './type-text.ts';

/** By the path of the document in `docs/webhooks`. */
export function typeFiles(): ReadonlyMap<string, string> {
  return new Map([
    ['types/index.d.ts', declarations()],
    ['types/package.json', `${JSON.stringify(packageOfTypes, undefined, 2)}\n`],
  ]);
}

const packageOfTypes = {
  name: `${packageJson.name}-webhooks`,
  version: packageJson.version,
  description: 'Types of the messages that Partner Central Relay sends',
  license: packageJson.license,
  types: 'index.d.ts',
  files: ['index.d.ts'],
};

/** The types of these members depend on the type of the message. */
const parameters = new Map([
  ['/type', 'Type'],
  ['/data/kind', 'Kind'],
  ['/data/record', 'RecordOfKind'],
  ['/data/topics/*', 'Topic'],
]);

function declarations(): string {
  const envelope = typeText(openSchema(messageSchema), parameters);
  return [
    `// The messages of Partner Central Relay ${packageJson.version}. \`npm run docs\` writes this file from the code.`,
    '// Later releases add types, topics and members: ignore a message with a type that you do not know.',
    `/** ${timestampText} */\nexport type ${timestampTitle} = string;`,
    `/** A type, or what has changed. */\nexport type Topic = ${typeText(openEnum([...topics]), none)};`,
    ...[...namedLists()].map(([name, list]) => `export type ${name} = ${typeText(list, none)};`),
    ...recordKinds.map(
      (kind) => `${recordDoc}\nexport type ${pascal(kind)} = ${typeText(recordSchema(kind), none)};`,
    ),
    `/** What the messages of all types have in common. */\nexport type Envelope<Type, Kind, RecordOfKind> = ${envelope};`,
    ...messageTypes.map((type) => `export type ${pascal(type)} = ${messageText(type)};`),
    `/** A message of a known type, distinguished by \`type\`. */\nexport type Message = ${unionText(messageTypes.map(pascal))};`,
    "/** A type that this release sends. */\nexport type MessageType = Message['type'];",
    '/** The message of a type. */\nexport type MessageOf<Type extends MessageType> = Extract<Message, { readonly type: Type }>;',
    '',
  ].join('\n\n');
}

const none = new Map<string, string>();

/** The lists of values that AWS names, each once, in the order of their names. */
function namedLists(): ReadonlyMap<string, JsonSchema> {
  const lists = recordKinds.flatMap((kind) => listsIn(recordSchema(kind)));
  return new Map(lists.toSorted(([a], [b]) => compareTexts(a, b)));
}

function listsIn(schema: JsonSchema): readonly (readonly [name: string, list: JsonSchema])[] {
  if (schema.title !== undefined && schema.anyOf) return [[schema.title, schema]];
  const { properties = {}, items, additionalProperties } = schema;
  const inner = [...Object.values(properties), items, additionalProperties];
  return inner.flatMap((each) => (each !== undefined && isSchema(each) ? listsIn(each) : []));
}
const recordDoc = '/** Any member may be absent: AWS omits it, or the endpoint redacts it. */';
const timestampText = 'A timestamp of AWS, ISO 8601 by its model. The relay passes it on as it is.';

function messageText(type: MessageType): string {
  const { kind } = makeSample(type, sampledAt);
  return `Envelope<'${type}', '${kind}', ${pascal(kind)}>`;
}

/** `OpportunityStageChanged` for `opportunity.stage_changed`. */
function pascal(name: string): string {
  return name.replaceAll(/(?:^|[._-])(\w)/g, (_, letter: string) => letter.toUpperCase());
}
