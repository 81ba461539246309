import { setTimeout as sleep } from 'node:timers/promises';
import { hasEnded, passRows } from '../bin/pcr/stores/pass-rows.ts';
import { at, isJsonArray, isJsonObject, type Json, textAt } from '../lambdas/core/json.ts';
import { parseJson } from '../lambdas/core/json-text.ts';
import { type RecordKey, recordPath } from '../lambdas/core/record.ts';
import { type LocalStage, startLocalStage } from './local-stage.ts';
import type { Options } from './options.ts';
import { type RecordedResponses, startRecordedResponses } from './partner-central/recorded-responses.ts';
import { hydratedDetailTypes, type RunObserver, type StagedRun } from './run.ts';
import { readSampleEvents, type SampleEvent } from './samples.ts';
import type { Truth } from './truth-check.ts';
import type { PlayedRun } from './verdict.ts';

const catalogs = ['AWS', 'Sandbox'];

/** Starts the stage for recorded events. Recorded bodies are the answers to reads of any id. */
export async function stageSamples(
  options: Options,
  folder: string,
  observer: RunObserver,
): Promise<StagedRun> {
  const startedAtMs = performance.now();
  const samples = readSampleEvents(folder);
  const responses = await startRecordedResponses({ folder });
  const local = await startLocalStage(options, responses.url, observer.logs);
  const startMs = performance.now() - startedAtMs;
  return {
    local,
    play: async () => ({
      ...(await play(samples, responses, local, observer)),
      checks: [],
      measured: [['start of the stage', `${(startMs / 1_000).toFixed(1)} s after the build`]],
    }),
    stop: async () => {
      await local.stop();
      await responses.stop();
    },
  };
}

async function play(
  samples: readonly SampleEvent[],
  responses: RecordedResponses,
  local: LocalStage,
  { note, onEvents }: RunObserver,
): Promise<PlayedRun> {
  const toBeParked = new Map<string, string>();
  const truth = new Map<string, Truth>();
  const expect = ([key, body]: ExpectedRecord): void =>
    void truth.set(recordPath(key), { body, inaccessible: false });
  for (const record of listedRecords(responses)) expect(record);
  const eventIds: string[] = [];
  const startedAtMs = performance.now();
  for (const [index, sample] of samples.entries()) {
    // Samples from documentation share one id. A distinct id makes each event recognizable.
    const event = withId(sample, `${sample.file}#${textAt(sample.raw, 'id') ?? index}`);
    const eventId = textAt(event, 'id') ?? '';
    eventIds.push(eventId);
    const code = expectedParkedCode(event);
    if (code) {
      toBeParked.set(eventId, code);
      note(`${sample.file}: must be parked as ${code}`);
    } else {
      for (const record of expectedRecords(event, responses)) {
        expect(record);
        note(`${sample.file}: must be stored as ${recordPath(record[0])}`);
      }
    }
    await local.stage.bus.put(event);
    onEvents(index + 1);
  }
  if (truth.size > 0) await waitForFirstPasses(local);
  await local.waitUntilSettled();
  const elapsedMs = Math.round(performance.now() - startedAtMs);
  return { eventIds, truth, toBeParked, reads: responses.reads(), elapsedMs };
}

/** If a pass does not end in this time, the check of promise 1 says what is missing. */
const longestPassMs = 30_000;

/** The stage can look idle before `reconcile` has read the opportunities of each catalog. */
async function waitForFirstPasses({ stage, dynamodb }: LocalStage): Promise<void> {
  const { tableName } = stage.tables.get('Control/Table');
  const deadlineMs = performance.now() + longestPassMs;
  while (performance.now() < deadlineMs) {
    const rows = await passRows(dynamodb, tableName);
    if (catalogs.every((catalog) => hasEnded(undefined, rows.get(`${catalog}/opportunities`)))) return;
    await sleep(100);
  }
}

/** A record with the body that it must end as. */
type ExpectedRecord = readonly [key: RecordKey, body: Truth['body']];

function withId({ raw }: SampleEvent, id: string): Json {
  return isJsonObject(raw) ? { ...raw, id } : raw;
}

/** Documentation prints these instead of data. */
const placeholder = /"(string|enum|`?<[^"]*>`?)"/i;

/** Ignores the member in the event: the list of members says who it is. */
function withoutMember(name: string, value: Json): Json | undefined {
  return name === 'engagementMember' ? undefined : value;
}

/** Returns undefined if the event must be stored as a record, else the code to be parked with. */
function expectedParkedCode(event: Json): string | undefined {
  if (!hydratedDetailTypes.has(textAt(event, 'detail-type') ?? '')) return 'event.unhandled';
  return placeholder.test(JSON.stringify(at(event, 'detail'), withoutMember)) ? 'event.malformed' : undefined;
}

/** The records that `reconcile` finds in the recorded list, which is the same for both catalogs. */
function listedRecords(responses: RecordedResponses): ExpectedRecord[] {
  const list = parseJson(responses.bodyOf('ListOpportunities', '') ?? '{}');
  const listed = at(list, 'OpportunitySummaries');
  const ids = isJsonArray(listed) ? listed.flatMap((each) => textAt(each, 'Id') ?? []) : [];
  return catalogs.flatMap((catalog) => ids.flatMap((id) => opportunityRecords(catalog, id, responses)));
}

/** Engagement events have the id at one of three places. */
const engagementIdPaths = [
  ['detail', 'resourceSnapshot', 'engagementId'],
  ['detail', 'engagement', 'engagementId'],
  ['detail', 'engagement', 'id'],
] as const;

/** The records that an event names, with their recorded bodies. */
function expectedRecords(event: Json, responses: RecordedResponses): ExpectedRecord[] {
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

function opportunityRecords(catalog: string, id: string, responses: RecordedResponses): ExpectedRecord[] {
  return [
    [{ catalog, kind: 'opportunity', id }, bodyOf(responses, 'GetOpportunity', id)],
    [{ catalog, kind: 'aws-opportunity-summary', id }, bodyOf(responses, 'GetAwsOpportunitySummary', id)],
  ];
}

/** @throws Error if there is no recorded response of the operation */
function bodyOf(responses: RecordedResponses, operation: string, id: string): Truth['body'] {
  const body = parseJson(responses.bodyOf(operation, id) ?? 'null');
  if (!isJsonObject(body)) throw new Error(`--samples: responses/${operation}.json is missing`);
  return body;
}
