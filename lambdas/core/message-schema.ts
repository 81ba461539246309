import * as v from 'valibot';
import { knownCatalogs } from './catalogs.ts';
import type { Json, JsonObject } from './json.ts';
import { linkBases } from './link.ts';
import { linkedKinds, messageTypes } from './message-type.ts';
import { recordKinds } from './record.ts';
import { reminderTopics } from './reminder-rule.ts';

// The contract with receivers. `messageOf` makes messages of this type, and `npm run docs` writes
// the JSON Schemas and types in docs/webhooks from it. What is a fixed list here is an open one
// there, because a later release may add to it.

const text = v.string();
const dateTime = v.pipe(v.string(), v.isoTimestamp());

/** Any JSON value. */
export const anyJson = v.custom<Json>((value) => value !== undefined);

/** A record, which has another schema for each kind. */
export const anyRecord = v.custom<JsonObject>((value) => value !== undefined);

function described<const Schema extends v.GenericSchema>(schema: Schema, description: string) {
  return v.pipe(schema, v.description(description));
}

function listOf<const Schema extends v.GenericSchema>(element: Schema, description: string) {
  return v.pipe(v.array(element), v.readonly(), v.description(description));
}

const change = v.object({
  path: described(text, 'JSON Pointer (RFC 6901) into the record.'),
  before: described(
    v.optional(anyJson),
    'The value before. Absent if it was added or is redacted, and in thin messages.',
  ),
  after: described(
    v.optional(anyJson),
    'The value after. Absent if it was removed or is redacted, and in thin messages.',
  ),
});

const command = v.object({
  id: described(text, 'The id of the command: `cmd_…`, as in the answer to its request.'),
  key: described(text, 'The key under which the client has sent it.'),
});

const cause = v.object({
  detailType: described(text, 'Detail-type of the newest event behind this version.'),
  eventIds: listOf(text, 'Ids of the events behind this version, oldest first. Empty in a sample.'),
  eventTime: described(dateTime, 'Time of the newest event.'),
  commands: v.optional(
    listOf(command, 'At the endpoint of a client: its commands, if they have made all changes.'),
  ),
});

const link = v.object({
  kind: described(v.picklist(linkedKinds), 'Kind of the related record.'),
  id: described(text, 'Id of the related record, in the same catalog.'),
  via: described(v.picklist(linkBases), 'How the link is known. `project-title` is a guess.'),
});

const solution = v.object({
  id: text,
  name: described(v.optional(text), 'Absent if it is not known, and in thin messages.'),
});

const reminder = v.object({
  topic: described(v.picklist(reminderTopics), 'What the reminder is about: one of `topics`.'),
  since: described(dateTime, 'When that began: a target close date, a wait, or the time without any change.'),
  days: described(v.pipe(v.number(), v.integer(), v.minValue(0)), 'Whole days from `since` to `timestamp`.'),
});

const data = v.object({
  catalog: described(
    v.union([v.picklist([...knownCatalogs, 'Test']), text]),
    'The catalog of the record. Samples have `Test`.',
  ),
  kind: described(v.picklist(recordKinds), 'The kind of the record.'),
  id: described(text, 'The id of the record. An AWS opportunity summary has that of its opportunity.'),
  partnerId: described(
    v.optional(text),
    "The partner's own id of an opportunity. Absent if it has none, or is redacted.",
  ),
  version: described(
    v.pipe(v.number(), v.integer(), v.minValue(1)),
    'Number of the version of this record: 1, 2, 3 without gaps.',
  ),
  topics: listOf(text, 'The type, then what has changed.'),
  changes: listOf(change, 'Differences to the previous version. Empty in version 1.'),
  cause: described(cause, 'Why this version was stored.'),
  links: v.optional(listOf(link, 'Related records. Absent if there are none.')),
  solutions: v.optional(
    listOf(solution, 'Partner solutions that the opportunity names. Absent if there are none.'),
  ),
  reminders: v.optional(
    listOf(reminder, 'What an `opportunity.reminder` is about. Absent in other messages, and in thin ones.'),
  ),
  record: v.optional(anyRecord),
});

/** The body of a message, in both forms: `record` is absent in thin messages. */
export const messageSchema = v.object({
  type: described(v.picklist(messageTypes), 'What has happened.'),
  timestamp: described(dateTime, 'When the change happened.'),
  data,
});

export type MessageBody = Readonly<v.InferOutput<typeof messageSchema>>;
