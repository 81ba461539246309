import type { Redact } from './endpoint.ts';
import { at, isJsonArray } from './json.ts';
import { omitFromChanges, omitMembers } from './json-pointer.ts';
import { topicsOf } from './message-type.ts';
import { isProfile, personalData } from './personal-data.ts';
import { pickFromChanges, pickMembers } from './pointer-pick.ts';
import { parsePointer, type Steps } from './pointer-selection.ts';
import { divideTexts } from './pointer-texts.ts';
import type { RecordKind } from './record.ts';
import { remindedMembers } from './reminder.ts';
import { reminderNameOf } from './reminder-rule.ts';
import type { Version } from './version.ts';

/** What is left of a version for an endpoint that redacts. */
export type RedactedParts = Pick<Version, 'payload' | 'changes' | 'topics' | 'solutions'>;

export function redactFor(version: Version, redact: Redact): RedactedParts {
  return 'only' in redact ? keepOnly(version, redact.only) : leaveOut(version, redact);
}

function leaveOut(version: Version, redact: readonly string[]): RedactedParts {
  const members = redact.flatMap((each) => membersOf(each, version.kind));
  if (members.length === 0) return version;
  const payload = omitMembers(version.payload, members);
  const changes = omitFromChanges(version.changes, members);
  return { payload, changes, topics: version.topics, solutions: solutionsIn(payload, version) };
}

function keepOnly(version: Version, only: readonly string[]): RedactedParts {
  const members = only.map(parsePointer);
  const payload = pickMembers(version.payload, members);
  const changes = pickFromChanges(version.changes, members);
  return {
    payload,
    changes,
    topics: topicsWith({ changes, payload }, version),
    solutions: solutionsIn(payload, version),
  };
}

/**
 * The topics of a version without those that only changes which are left out have caused, and
 * without reminders of members that are left out.
 */
function topicsWith(
  { changes, payload }: Pick<RedactedParts, 'changes' | 'payload'>,
  version: Version,
): readonly string[] {
  const { kind, type } = version;
  const caused = new Set(topicsOf(kind, type, version.changes));
  const left = new Set(topicsOf(kind, type, changes));
  return version.topics.filter((topic) => {
    const reminder = reminderNameOf(topic);
    if (reminder) return at(payload, ...remindedMembers[reminder]) !== undefined;
    return !caused.has(topic) || left.has(topic);
  });
}

/** The solutions whose ids are still in the payload. */
function solutionsIn(payload: Version['payload'], { solutions }: Version): Version['solutions'] {
  if (solutions.length === 0) return solutions;
  const ids = at(payload, 'RelatedEntityIdentifiers', 'Solutions');
  return isJsonArray(ids) ? solutions.filter(({ id }) => ids.includes(id)) : [];
}

/**
 * Returns every text and number that an endpoint redacts in a version, unless the message has the
 * same text elsewhere. With a list of what is sent, that is most of a record.
 */
export function redactedTexts(version: Version, redact: Redact): string[] {
  const { payload, changes, kind } = version;
  if ('only' in redact) {
    const texts = { selected: new Set(textsBeside(version)), others: new Set<string>() };
    divideTexts(payload, changes, redact.only.map(parsePointer), texts);
    return [...texts.others].filter((text) => !texts.selected.has(text));
  }
  const members = redact.flatMap((each) => membersOf(each, kind));
  if (members.length === 0) return [];
  const selected = new Set<string>();
  divideTexts(payload, changes, members, { selected });
  return [...selected];
}

/** The texts of a message besides the record, its changes and its solutions. */
function textsBeside({ catalog, kind, id, type, occurredAt, links, cause, topics }: Version): string[] {
  const { detailType, eventTime, eventIds } = cause;
  const ids = links.map((link) => link.id);
  return [catalog, kind, id, type, occurredAt, detailType, eventTime, ...topics, ...eventIds, ...ids];
}

/** A pointer applies to every kind of record. A profile has a list for each kind. */
function membersOf(redacted: string, kind: RecordKind): readonly Steps[] {
  return (isProfile(redacted) ? personalData[kind] : [redacted]).map(parsePointer);
}
