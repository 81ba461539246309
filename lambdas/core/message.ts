import type { Change } from './change.ts';
import type { Endpoint } from './endpoint.ts';
import type { MessageId } from './ids.ts';
import { epochMsOf, type Instant } from './instant.ts';
import { type Json, type JsonObject, sortMembers, textAt } from './json.ts';
import { stringifyJson } from './json-text.ts';
import type { Link } from './link.ts';
import { redactFor } from './message-redaction.ts';
import type { MessageBody } from './message-schema.ts';
import { type Reminder, remindersIn } from './reminder.ts';
import { reminderTopicOf } from './reminder-rule.ts';
import { echoFor, type Solution, type Version } from './version.ts';

/** A version as consumers receive it. `body` is signed and sent byte for byte. */
export interface Message {
  readonly id: MessageId;
  readonly body: string;
}

/** Which parts of a version an endpoint receives. */
export type MessageForm = Pick<Endpoint, 'payload' | 'redact' | 'client'>;

/**
 * The same version and form give the same bytes in every attempt and replay; members are sorted,
 * because DynamoDB maps have no order. Only a redaction of the version changes the bytes. The id is
 * the same in every form.
 */
export function messageOf(version: Version, form: MessageForm): Message {
  return { id: version.messageId, body: stringifyJson(messageBody(form, version, sortMembers)) };
}

/**
 * Returns the unredacted message as an object. Filters are matched against it, so the order of
 * members makes no difference.
 * @param client see `Endpoint`
 */
export function fullMessageBody(version: Version, client?: string): MessageBody {
  return messageBody({ payload: 'full', redact: [], client }, version, asItIs);
}

/** Puts the members of a value in the order of the message. */
interface Order {
  (value: JsonObject): JsonObject;
  (value: Json): Json;
}

function asItIs<Value>(value: Value): Value {
  return value;
}

type MessageData = MessageBody['data'];
type MessageChange = MessageData['changes'][number];
type MessageLink = NonNullable<MessageData['links']>[number];
type MessageReminder = NonNullable<MessageData['reminders']>[number];
type MessageSolution = NonNullable<MessageData['solutions']>[number];

function messageBody({ payload, redact, client }: MessageForm, version: Version, order: Order): MessageBody {
  const { catalog, kind, id, cause, type, occurredAt, links } = version;
  const isThin = payload === 'thin';
  const { payload: record, changes, topics, solutions } = redactFor(version, redact);
  const reminders = isThin ? [] : remindersIn({ ...version, topics }, record);
  const { detailType, eventIds, eventTime } = cause;
  const data: MessageData = {
    catalog,
    kind,
    id,
    // Omitted if the partner has given the opportunity no id of its own.
    partnerId: kind === 'opportunity' ? textAt(record, 'PartnerOpportunityIdentifier') : undefined,
    version: version.version,
    topics,
    changes: changes.map((change) => (isThin ? toThinChange(change) : toMessageChange(change, order))),
    cause: { detailType, eventIds, eventTime, commands: echoedCommands(version, client) },
    // Omitted if empty.
    links: links.length > 0 ? links.map(toMessageLink) : undefined,
    solutions: solutions.length > 0 ? solutions.map(isThin ? toThinSolution : toMessageSolution) : undefined,
    reminders:
      reminders.length > 0 ? reminders.map((each) => toMessageReminder(each, occurredAt)) : undefined,
    record: isThin ? undefined : order(record),
  };
  return { type, timestamp: occurredAt, data };
}

function echoedCommands(version: Version, client: string | undefined): MessageData['cause']['commands'] {
  return echoFor(version, client)?.commands.map(({ id, key }) => ({ id, key }));
}

function toMessageChange({ path, before, after }: Change, order: Order): MessageChange {
  return {
    path,
    before: before === undefined ? undefined : order(before),
    after: after === undefined ? undefined : order(after),
  };
}

function toThinChange({ path }: Change): MessageChange {
  return { path };
}

function toMessageLink({ kind, id, via }: Link): MessageLink {
  return { kind, id, via };
}

function toMessageSolution({ id, name }: Solution): MessageSolution {
  return { id, name };
}

function toThinSolution({ id }: Solution): MessageSolution {
  return { id };
}

const dayMs = 24 * 60 * 60 * 1_000;

function toMessageReminder({ name, since }: Reminder, announcedAt: Instant): MessageReminder {
  const days = Math.floor((epochMsOf(announcedAt) - epochMsOf(since)) / dayMs);
  return { topic: reminderTopicOf(name), since, days: Math.max(days, 0) };
}
