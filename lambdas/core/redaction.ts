import type { Change } from './change.ts';
import { contentHashOf } from './digest.ts';
import type { JsonObject } from './json.ts';
import { omitFromChanges, omitMembers, parsePointer } from './json-pointer.ts';
import { personalData } from './personal-data.ts';
import { attributesOf, type RecordAttributes } from './record.ts';

/** Members that leave an invitation which was taken away. Ids, dates, status and the reason of a rejection stay. */
const members = personalData['engagement-invitation'].map(parsePointer);

/** The payload of an invitation without its sensitive members. */
export function redactPayload(payload: JsonObject): JsonObject {
  return omitMembers(payload, members);
}

/** The changes of an invitation without what its sensitive members held. */
export function redactChanges(changes: readonly Change[]): Change[] {
  return omitFromChanges(changes, members);
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

export function redactContent(whole: Pick<RedactedContent, 'payload' | 'changes'>): RedactedContent {
  const payload = redactPayload(whole.payload);
  return {
    payload,
    changes: redactChanges(whole.changes),
    attributes: attributesOf('engagement-invitation', payload),
    contentHash: contentHashOf(payload),
    redacted: true,
  };
}
