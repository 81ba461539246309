import type { Change } from './change.ts';
import { contentHashOf } from './digest.ts';
import type { JsonObject } from './json.ts';
import { changesWithout, stepsOf, withoutMembers } from './json-pointer.ts';
import { personalData } from './personal-data.ts';
import { attributesOf, type RecordAttributes } from './record.ts';

/** Members that leave an invitation which was taken away. Ids, dates, status and the reason of a rejection stay. */
const members = personalData['engagement-invitation'].map(stepsOf);

/** The payload of an invitation without its sensitive members. */
export function redactedPayload(payload: JsonObject): JsonObject {
  return withoutMembers(payload, members);
}

/** The changes of an invitation without what its sensitive members held. */
export function redactedChanges(changes: readonly Change[]): Change[] {
  return changesWithout(changes, members);
}

/** What a version of an invitation is made of that may hold sensitive members, or tell of them. */
export interface RedactedContent {
  readonly payload: JsonObject;
  readonly changes: readonly Change[];
  readonly attributes: RecordAttributes;
  /** Of what is left: by a hash of what was there, somebody could confirm a guess of it. */
  readonly contentHash: string;
  readonly redacted: true;
}

export function redactedContent(whole: Pick<RedactedContent, 'payload' | 'changes'>): RedactedContent {
  const payload = redactedPayload(whole.payload);
  return {
    payload,
    changes: redactedChanges(whole.changes),
    attributes: attributesOf('engagement-invitation', payload),
    contentHash: contentHashOf(payload),
    redacted: true,
  };
}
