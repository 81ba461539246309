import type { Change } from './change.ts';
import { contentHashOf } from './digest.ts';
import { type JsonObject, textAt } from './json.ts';
import { omitFromChanges, omitMembers } from './json-pointer.ts';
import { personalData } from './personal-data.ts';
import { parsePointer } from './pointer-selection.ts';
import { attributesOf, type RecordAttributes } from './record.ts';

/**
 * Members that are removed from an invitation that was taken away. Ids, dates, status and the
 * rejection reason stay.
 */
const members = personalData['engagement-invitation'].map(parsePointer);

/** Returns the payload of an invitation without its sensitive members. */
export function redactPayload(payload: JsonObject): JsonObject {
  return omitMembers(payload, members);
}

/** Returns the changes of an invitation without the values of its sensitive members. */
export function redactChanges(changes: readonly Change[]): Change[] {
  return omitFromChanges(changes, members);
}

/** The parts of a version of an invitation that hold sensitive members or depend on them. */
export interface RedactedContent {
  readonly payload: JsonObject;
  readonly changes: readonly Change[];
  readonly attributes: RecordAttributes;
  /**
   * Hash of the redacted payload. A hash of the original would confirm a guess of what was removed.
   */
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

/**
 * Removes the sensitive members of an invitation that was rejected or taken away, if the deployment
 * wants that. One that expired keeps its members as long as AWS returns it: only lost access
 * requires redaction.
 */
export function redactIfTakenAway<
  Content extends { readonly payload: JsonObject; readonly tombstone?: boolean; readonly redacted?: boolean },
>(content: Content, redactRejected: boolean): Content {
  const isTakenAway = content.tombstone === true || textAt(content.payload, 'Status') === 'REJECTED';
  if (!redactRejected || !isTakenAway) return content;
  return { ...content, payload: redactPayload(content.payload), redacted: true };
}
