import type { Change } from './change.ts';
import type { Endpoint } from './endpoint.ts';
import type { MessageId } from './ids.ts';
import { type Json, sortMembers } from './json.ts';
import {
  leavesOf,
  nest,
  omitFromChanges,
  omitMembers,
  parsePointer,
  pickValues,
  type Steps,
} from './json-pointer.ts';
import { stringifyJson } from './json-text.ts';
import type { Link } from './link.ts';
import { isProfile, personalData } from './personal-data.ts';
import type { RecordKind } from './record.ts';
import type { Solution, Version } from './version.ts';

/** A version as consumers receive it. `body` is signed and sent byte for byte. */
export interface Message {
  readonly id: MessageId;
  readonly body: string;
}

/** Which parts of a version an endpoint receives. */
export type MessageForm = Pick<Endpoint, 'payload' | 'redact'>;

/**
 * The same version and form give the same bytes in every attempt and replay; members are sorted,
 * because DynamoDB maps have no order. Only a redaction of the version changes the bytes. The id is
 * the same in every form.
 */
export function messageOf(version: Version, form: MessageForm): Message {
  return { id: version.messageId, body: stringifyJson(messageBody(form, version)) };
}

/** Returns every text and number that the form removes from the record and from its changes. */
export function redactedTexts({ payload, changes, kind }: Version, { redact }: MessageForm): string[] {
  const members = redact.flatMap((each) => membersOf(each, kind));
  const values = changes.flatMap(({ path, before, after }) => [nest(path, before), nest(path, after)]);
  const found = [payload, ...values].flatMap((value) =>
    members.flatMap((member) => pickValues(value, member)),
  );
  return [...new Set(found.flatMap(leavesOf))];
}

/** Returns the unredacted message as an object. Filters are matched against it. */
export function fullMessageBody(version: Version): unknown {
  return messageBody({ payload: 'full', redact: [] }, version);
}

function messageBody({ payload, redact }: MessageForm, version: Version): unknown {
  const { catalog, kind, id, topics, cause, type, occurredAt, links, solutions } = version;
  const { detailType, eventIds, eventTime } = cause;
  const isThin = payload === 'thin';
  const members = redact.flatMap((each) => membersOf(each, kind));
  const data = {
    catalog,
    kind,
    id,
    version: version.version,
    topics,
    changes: omitFromChanges(version.changes, members).map(isThin ? toThinChange : toMessageChange),
    cause: { detailType, eventIds, eventTime },
    // Omitted if empty.
    links: links.length > 0 ? links.map(toMessageLink) : undefined,
    solutions: solutions.length > 0 ? solutions.map(isThin ? toThinSolution : toMessageSolution) : undefined,
    record: isThin ? undefined : sortMembers(omitMembers(version.payload, members)),
  };
  return { type, timestamp: occurredAt, data };
}

interface MessageChange {
  readonly path: string;
  readonly before?: Json | undefined;
  readonly after?: Json | undefined;
}

/** A pointer applies to every kind of record. A profile has a list for each kind. */
function membersOf(redacted: string, kind: RecordKind): readonly Steps[] {
  return (isProfile(redacted) ? personalData[kind] : [redacted]).map(parsePointer);
}

function toMessageChange({ path, before, after }: Change): MessageChange {
  return { path, before: ordered(before), after: ordered(after) };
}

function toThinChange({ path }: Change): MessageChange {
  return { path };
}

function toMessageLink({ kind, id, via }: Link): Link {
  return { kind, id, via };
}

function toMessageSolution({ id, name }: Solution): Solution {
  return { id, name };
}

function toThinSolution({ id }: Solution): Solution {
  return { id };
}

function ordered(value: Json | undefined): Json | undefined {
  return value === undefined ? undefined : sortMembers(value);
}
