import { at, isJsonArray, isJsonObject, type Json, textAt } from '../lambdas/core/json.ts';
import { type RecordKey, recordPath } from '../lambdas/core/record.ts';
import { startLocalStage } from './local-stage.ts';
import type { Options } from './options.ts';
import { type RecordedResponses, startRecordedResponses } from './partner-central/recorded-responses.ts';
import { hydratedDetailTypes, type Run, type RunObserver } from './run.ts';
import { readSampleEvents, type SampleEvent } from './samples.ts';
import type { Truth } from './truth-check.ts';
import { judgeRun } from './verdict.ts';

/** Plays a folder of recorded events, with the recorded bodies as answers to whatever id is asked for. */
export async function runSamples(
  options: Options,
  folder: string,
  { lines, note, onEvents }: RunObserver,
): Promise<Run> {
  const bootedFromMs = performance.now();
  const samples = readSampleEvents(folder);
  const responses = await startRecordedResponses({ folder });
  const local = await startLocalStage(options, responses.url, lines);
  const bootMs = performance.now() - bootedFromMs;

  const toBeParked = new Map<string, string>();
  const truth = new Map<string, Truth>();
  for (const [key, body] of listedRecords(responses))
    truth.set(recordPath(key), { body, inaccessible: false });
  const eventIds: string[] = [];
  const startedAtMs = performance.now();
  for (const [index, sample] of samples.entries()) {
    // Samples printed in documentation share one id: each gets its own, so that it can be found again.
    const event = withId(sample, `${sample.file}#${textAt(sample.raw, 'id') ?? index}`);
    const code = parkedAs(event);
    const eventId = textAt(event, 'id') ?? '';
    eventIds.push(eventId);
    if (code) {
      toBeParked.set(eventId, code);
      note(`${sample.file}: to be parked as ${code}`);
    } else {
      for (const [key, body] of expectedRecords(event, responses)) {
        truth.set(recordPath(key), { body, inaccessible: false });
        note(`${sample.file}: to be stored as ${recordPath(key)}`);
      }
    }
    await local.stage.bus.put(event);
    onEvents(index + 1);
  }
  await local.waitUntilSettled();
  const elapsedMs = Math.round(performance.now() - startedAtMs);
  const reads = responses.reads();
  const { result, checks } = await judgeRun(local, {
    eventIds,
    truth,
    toBeParked,
    reads,
    elapsedMs,
  });
  const stop = async (): Promise<void> => {
    await local.stop();
    await responses.stop();
  };
  return {
    local,
    result,
    checks,
    measured: [['boot', `${(bootMs / 1_000).toFixed(1)} s after the build`]],
    stop,
  };
}

function withId({ raw }: SampleEvent, id: string): Json {
  return isJsonObject(raw) ? { ...raw, id } : raw;
}

/** A value that documentation prints in place of data. */
const placeholder = /"(string|enum|`?<[^"]*>`?)"/i;

/** Who the new member is comes with the list of members, whatever the event says of it. */
function withoutMember(name: string, value: Json): Json | undefined {
  return name === 'engagementMember' ? undefined : value;
}

/** What a sample must end as: a record where its type has one, unless what identifies it is a placeholder. */
function parkedAs(event: Json): string | undefined {
  if (!hydratedDetailTypes.has(textAt(event, 'detail-type') ?? '')) return 'event.unhandled';
  return placeholder.test(JSON.stringify(at(event, 'detail'), withoutMember)) ? 'event.malformed' : undefined;
}

/** What `reconcile` finds in the recorded list, which answers for both catalogs. */
function listedRecords(responses: RecordedResponses): [RecordKey, Truth['body']][] {
  const list: Json = JSON.parse(responses.bodyOf('ListOpportunities', '') ?? '{}');
  const listed = at(list, 'OpportunitySummaries');
  const ids = isJsonArray(listed) ? listed.flatMap((each) => textAt(each, 'Id') ?? []) : [];
  return ['AWS', 'Sandbox'].flatMap((catalog) =>
    ids.flatMap((id) => opportunityRecords(catalog, id, responses)),
  );
}

/** The events of an engagement spell its id in three ways. */
const engagementIdPaths = [
  ['detail', 'resourceSnapshot', 'engagementId'],
  ['detail', 'engagement', 'engagementId'],
  ['detail', 'engagement', 'id'],
] as const;

/** The records that an event names, with the recorded bodies that they must end as. */
function expectedRecords(event: Json, responses: RecordedResponses): [RecordKey, Truth['body']][] {
  const catalog = textAt(event, 'detail', 'catalog') ?? '';
  const invitation = at(event, 'detail', 'engagementInvitation');
  if (invitation !== undefined) {
    const id = textAt(invitation, 'id') ?? '';
    responses.hint(id, textAt(invitation, 'payloadType') ?? '');
    return [
      [{ catalog, kind: 'engagement-invitation', id }, bodyOf(responses, 'GetEngagementInvitation', id)],
    ];
  }
  const engagementId = engagementIdPaths.map((path) => textAt(event, ...path)).find((id) => id !== undefined);
  if (engagementId !== undefined) {
    const body = bodyOf(responses, 'GetEngagement', engagementId);
    const members = bodyOf(responses, 'ListEngagementMembers', engagementId)['EngagementMemberList'] ?? [];
    const key: RecordKey = { catalog, kind: 'engagement', id: engagementId };
    return [[key, { ...body, EngagementMemberList: members }]];
  }
  const id = textAt(event, 'detail', 'opportunity', 'identifier') ?? '';
  return opportunityRecords(catalog, id, responses);
}

function opportunityRecords(
  catalog: string,
  id: string,
  responses: RecordedResponses,
): [RecordKey, Truth['body']][] {
  return [
    [{ catalog, kind: 'opportunity', id }, bodyOf(responses, 'GetOpportunity', id)],
    [{ catalog, kind: 'aws-opportunity-summary', id }, bodyOf(responses, 'GetAwsOpportunitySummary', id)],
  ];
}

/** @throws Error where there is no recorded response of the operation */
function bodyOf(responses: RecordedResponses, operation: string, id: string): Truth['body'] {
  const body: Json = JSON.parse(responses.bodyOf(operation, id) ?? 'null');
  if (!isJsonObject(body)) throw new Error(`--samples: responses/${operation}.json is missing`);
  return body;
}
