import { type Endpoint, matchesTopic } from '../../../lambdas/core/endpoint.ts';
import { filterOptions, parsePattern } from '../../../lambdas/core/event-pattern.ts';
import type { Field } from '../../../lambdas/core/event-pattern-fields.ts';
import { isJsonContainer, type Json } from '../../../lambdas/core/json.ts';
import { topics as allTopics, messageTypes } from '../../../lambdas/core/message-type.ts';
import { partnerRecordKinds, recordKinds } from '../../../lambdas/core/record.ts';
import { type MemberShape, type Members, recordMembers } from './record-members.ts';

function valuesNamed(...names: readonly string[]): Members {
  return new Map(names.map((name) => [name, 'value']));
}

/** The members of a message, see docs/webhooks.md. */
function messageMembers(): Members {
  const record = partnerRecordKinds.map(recordMembers).reduce(merge);
  const data = new Map<string, MemberShape>([
    ...valuesNamed('catalog', 'kind', 'id', 'version', 'topics'),
    [
      'changes',
      new Map<string, MemberShape>([
        ['path', 'value'],
        ['before', 'any'],
        ['after', 'any'],
      ]),
    ],
    ['cause', valuesNamed('detailType', 'eventIds', 'eventTime')],
    ['links', valuesNamed('kind', 'id', 'via')],
    ['solutions', valuesNamed('id', 'name')],
    ['record', record],
  ]);
  return new Map<string, MemberShape>([...valuesNamed('type', 'timestamp'), ['data', data]]);
}

/** The members that one of two kinds of records has. */
function merge(a: Members, b: Members): Members {
  const added = [...b].map(([name, shape]): [string, MemberShape] => [name, mergeShapes(a.get(name), shape)]);
  return new Map([...a, ...added]);
}

function mergeShapes(a: MemberShape | undefined, b: MemberShape): MemberShape {
  if (a === undefined || a === b) return b;
  return typeof a === 'string' || typeof b === 'string' ? 'any' : merge(a, b);
}

/** Places whose values are all known. */
const knownValues = new Map<string, readonly string[]>([
  ['type', messageTypes],
  ['data.topics', allTopics],
  ['data.kind', recordKinds],
]);

/**
 * Says why the filter of an endpoint can match no message, as far as that is sure: members that no
 * message has, values that a type, topic or kind never has, and types that the endpoint does not
 * ask for. Empty if the filter may match.
 */
export function filterWarnings({ id, filter, topics }: Pick<Endpoint, 'id' | 'filter' | 'topics'>): string[] {
  if (filter === undefined) return [];
  const members = messageMembers();
  const reasons = parsePattern(filter, filterOptions).alternatives.map((fields) =>
    fields.flatMap((field) => reasonsAgainst(field, members, topics)),
  );
  // One alternative without a reason is enough to match.
  if (reasons.length === 0 || reasons.some((each) => each.length === 0)) return [];
  return [...new Set(reasons.flat())].map((reason) => `the filter of ${id} matches no message: ${reason}`);
}

function reasonsAgainst(field: Field, members: Members, topics: readonly string[]): string[] {
  const { path, onAbsent, values } = field;
  const name = path.join('.');
  const unknown = onAbsent ? undefined : unknownMember(path, members);
  if (unknown) return [unknown];
  const plain = values.filter((value): value is Exclude<Json, object> => !isJsonContainer(value));
  // An operator may match whatever it likes.
  if (plain.length < values.length) return [];
  const known = knownValues.get(name);
  if (known && !plain.some((value) => typeof value === 'string' && known.includes(value)))
    return [`${name} is never ${plain.map(String).join(' or ')}; it is one of ${known.join(', ')}`];
  const isWanted = (type: string): boolean => topics.some((pattern) => matchesTopic(pattern, type));
  if (
    name === 'type' &&
    topics.length > 0 &&
    !plain.some((type) => hasTopicOf(String(type), topics, isWanted))
  )
    return [
      `the endpoint asks for the topics ${topics.join(', ')}, and none is of type ${plain.join(' or ')}`,
    ];
  return [];
}

/** Whether a message of this type can have a topic that the endpoint asks for. */
function hasTopicOf(type: string, topics: readonly string[], isWanted: (topic: string) => boolean): boolean {
  if (isWanted(type)) return true;
  // Topics such as opportunity.stage_changed come with several types of the same kind.
  const [kind = ''] = type.split('.');
  return topics.some((topic) => topic.startsWith('*') || topic.startsWith(`${kind}.`));
}

function unknownMember(path: readonly string[], members: Members): string | undefined {
  let shape: MemberShape = members;
  for (const [index, name] of path.entries()) {
    if (shape === 'any') return undefined;
    const place = path.slice(0, index).join('.') || 'a message';
    if (shape === 'value') return `${place} has no members, so there is no ${path.join('.')}`;
    const inner: MemberShape | undefined = shape.get(name);
    if (inner === undefined) return `${place} has no member ${name}${suggestion(name, shape)}`;
    shape = inner;
  }
  return undefined;
}

function suggestion(name: string, members: Members): string {
  const similar = [...members.keys()].find((each) => each.toLowerCase() === name.toLowerCase());
  return similar === undefined ? `; it has ${[...members.keys()].join(', ')}` : `; did you mean ${similar}?`;
}
