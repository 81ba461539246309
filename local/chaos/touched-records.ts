import { isJsonArray, isJsonObject, type Json, textAt } from '../../lambdas/core/json.ts';
import { parseRecordPath } from '../../lambdas/core/record.ts';

/** Paths of the records that an event tells of: an opportunity event tells of the AWS-side summary too. */
export function pathsOfEvent(event: Json): readonly string[] {
  const catalog = textAt(event, 'detail', 'catalog');
  const of = (kind: string, id: string | undefined): string[] => (id ? [`${catalog}/${kind}/${id}`] : []);
  const opportunity = textAt(event, 'detail', 'opportunity', 'identifier');
  const snapshot = textAt(event, 'detail', 'resourceSnapshot', 'resourceId');
  const engagement =
    textAt(event, 'detail', 'engagement', 'engagementId') ??
    textAt(event, 'detail', 'engagement', 'id') ??
    textAt(event, 'detail', 'resourceSnapshot', 'engagementId');
  return [
    ...of('opportunity', opportunity ?? snapshot),
    ...of('aws-opportunity-summary', opportunity),
    ...of('engagement-invitation', textAt(event, 'detail', 'engagementInvitation', 'id')),
    ...of('engagement', engagement),
  ];
}

/** Record paths that stand anywhere as a key in the body of a DynamoDB call. */
export function pathsInRequest(body: string): readonly string[] {
  const found = new Set<string>();
  for (const [, path = ''] of body.matchAll(/"(?:pk|record)":\{"S":"([^"]+)"/g))
    if (parseRecordPath(path)) found.add(path);
  return [...found];
}

/** The JSON of a text; undefined where it is none. */
export function parsedJson(text: string): Json | undefined {
  try {
    const value: Json = JSON.parse(text);
    return value;
  } catch {
    return undefined;
  }
}

/** Ids of the events in the messages that a call sends to a queue, one for each message. */
export function sentEventIds(body: string): readonly string[] {
  const request = parsedJson(body);
  if (!isJsonObject(request)) return [];
  const entries = isJsonArray(request['Entries']) ? request['Entries'] : [request];
  return entries.flatMap((entry) => {
    const id = textAt(parsedJson(textAt(entry, 'MessageBody') ?? ''), 'id');
    return id === undefined ? [] : [id];
  });
}
