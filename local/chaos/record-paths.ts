import { isJsonArray, isJsonObject, type Json, textAt } from '../../lambdas/core/json.ts';
import { tryParseJson } from '../../lambdas/core/json-text.ts';
import { parseRecordPath, type RecordKind } from '../../lambdas/core/record.ts';

/**
 * Paths of the records that are read for an event. An opportunity event may also concern the
 * AWS-side summary.
 */
export function pathsReadFor(event: Json): readonly string[] {
  const opportunity = textAt(event, 'detail', 'opportunity', 'identifier');
  const engagement =
    textAt(event, 'detail', 'engagement', 'engagementId') ??
    textAt(event, 'detail', 'engagement', 'id') ??
    textAt(event, 'detail', 'resourceSnapshot', 'engagementId');
  return [
    ...pathOf(event, 'opportunity', opportunity),
    ...pathOf(event, 'aws-opportunity-summary', opportunity),
    ...pathOf(event, 'engagement-invitation', textAt(event, 'detail', 'engagementInvitation', 'id')),
    ...pathOf(event, 'engagement', engagement),
  ];
}

/**
 * Paths of the records that are read for an event, plus the opportunity that a snapshot was taken
 * of.
 */
export function pathsOfEvent(event: Json): readonly string[] {
  const snapshot = textAt(event, 'detail', 'resourceSnapshot', 'resourceId');
  return [...pathsReadFor(event), ...pathOf(event, 'opportunity', snapshot)];
}

function pathOf(event: Json, kind: RecordKind, id: string | undefined): string[] {
  return id === undefined ? [] : [`${textAt(event, 'detail', 'catalog')}/${kind}/${id}`];
}

/** Record paths that are used as a key anywhere in the body of a DynamoDB call. */
export function pathsInRequest(body: string): readonly string[] {
  const found = new Set<string>();
  for (const [, path = ''] of body.matchAll(/"(?:pk|record)":\{"S":"([^"]+)"/g))
    if (parseRecordPath(path)) found.add(path);
  return [...found];
}

/** Ids of the events that a call sends to a queue, one for each message. */
export function sentEventIds(body: string): readonly string[] {
  const request = tryParseJson(body);
  if (!isJsonObject(request)) return [];
  const entries = isJsonArray(request['Entries']) ? request['Entries'] : [request];
  return entries.flatMap((entry) => {
    const id = textAt(tryParseJson(textAt(entry, 'MessageBody') ?? ''), 'id');
    return id === undefined ? [] : [id];
  });
}
