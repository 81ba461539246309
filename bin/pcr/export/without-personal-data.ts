import type { Change } from '../../../lambdas/core/change.ts';
import type { JsonObject } from '../../../lambdas/core/json.ts';
import { omitFromChanges, omitMembers } from '../../../lambdas/core/json-pointer.ts';
import { personalData } from '../../../lambdas/core/personal-data.ts';
import { parsePointer } from '../../../lambdas/core/pointer-selection.ts';
import type { RecordState, Version } from '../../../lambdas/core/version.ts';

/** The payload as an export reads it. */
export function exportedPayload(
  { kind, payload }: Pick<RecordState, 'kind' | 'payload'>,
  hasPersonalData: boolean,
): JsonObject {
  return hasPersonalData ? payload : omitMembers(payload, personalData[kind].map(parsePointer));
}

/** The changes of a version as an export lists them. A personal member has no values. */
export function exportedChanges(
  { kind, changes }: Pick<Version, 'kind' | 'changes'>,
  hasPersonalData: boolean,
): readonly Change[] {
  return hasPersonalData ? changes : omitFromChanges(changes, personalData[kind].map(parsePointer));
}
