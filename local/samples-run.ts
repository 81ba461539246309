import { setTimeout as sleep } from 'node:timers/promises';
import { hasEnded, passRows } from '../bin/pcr/stores/pass-rows.ts';
import { type JsonObject, textAt } from '../lambdas/core/json.ts';
import { recordPath } from '../lambdas/core/record.ts';
import { handled, type ListedRecord } from './expected/answers.ts';
import { catalogs, type StatedEnd, statedEndOf } from './expected/event-end.ts';
import { type ExpectedRun, expectRun, listedRecords } from './expected/run.ts';
import { type LocalStage, startLocalStage } from './local-stage.ts';
import type { Options } from './options.ts';
import { type RecordedResponses, startRecordedResponses } from './partner-central/recorded-responses.ts';
import type { RunObserver, StagedRun } from './run.ts';
import { checkSamplesFolder, readSampleEvents, type SampleEvent, unreadNames } from './samples.ts';
import type { PlayedRun, SeenEnds } from './verdict.ts';

/** An event of the folder, as it is put on the bus. */
interface PlayedEvent {
  readonly eventId: string;
  readonly file: string;
  readonly event: JsonObject;
  readonly stated: StatedEnd;
}

interface Plan {
  readonly events: readonly PlayedEvent[];
  readonly listed: readonly ListedRecord[];
  readonly expected: ExpectedRun;
}

/**
 * Starts the stage for recorded events. Recorded bodies are the answers to reads of any id.
 * @param options `stack`: the folder with the synthesized stack. @default that of `npm start`
 */
export async function stageSamples(
  options: Pick<Options, 'engine'> & { readonly stack?: string },
  folder: string,
  observer: RunObserver,
): Promise<StagedRun> {
  const startedAtMs = performance.now();
  checkSamplesFolder(folder);
  const samples = readSampleEvents(folder);
  const responses = await startRecordedResponses({ folder });
  // Before the stage starts, because it reads at once.
  const plan = planRun(samples, responses);
  for (const name of unreadNames(folder))
    observer.note(`${name}: not read, the name does not end in .json or .jsonc`);
  for (const note of responses.notes) observer.note(note);
  if (plan.events.length + plan.listed.length === 0)
    observer.note(`${folder}: there is no event and no recorded list, so nothing is played`);
  const { engine, stack } = options;
  const local = await startLocalStage({ engine, folder: stack }, responses.url, observer.logs);
  const startMs = performance.now() - startedAtMs;
  return {
    local,
    play: async () => ({
      ...(await play(plan, responses, local, observer)),
      checks: [],
      measured: [['start of the stage', `${(startMs / 1_000).toFixed(1)} s after the build`]],
    }),
    control: async () => {
      throw new Error(
        `This stage plays ${folder}, so that no simulated partner can change a record; allowed: pcr trigger on npm start without --samples`,
      );
    },
    stop: async () => {
      await local.stop();
      await responses.stop();
    },
  };
}

/** Computes what the folder says, and selects the responses that it has for each invitation. */
function planRun(samples: readonly SampleEvent[], responses: RecordedResponses): Plan {
  const events = samples.map(({ file, raw }, index) => {
    // Samples from documentation share one id. A distinct id makes each event recognizable.
    const eventId = `${file}#${textAt(raw, 'id') ?? index}`;
    const event = { ...raw, id: eventId };
    return { eventId, file, event, stated: statedEndOf(event) };
  });
  const listed = listedRecords(responses);
  for (const { key, item } of listed) responses.hint(key.id, textAt(item, 'PayloadType') ?? '');
  for (const { event } of events) {
    const path = ['detail', 'engagementInvitation'] as const;
    responses.hint(textAt(event, ...path, 'id') ?? '', textAt(event, ...path, 'payloadType') ?? '');
  }
  const about = events.flatMap(({ stated, ...each }) =>
    stated.kind === 'record' ? [{ ...each, key: stated.key }] : [],
  );
  return { events, listed, expected: expectRun(about, listed, responses) };
}

async function play(
  plan: Plan,
  responses: RecordedResponses,
  local: LocalStage,
  { onEvents }: RunObserver,
): Promise<PlayedRun> {
  const startedAtMs = performance.now();
  for (const [index, { event }] of plan.events.entries()) {
    await local.stage.bus.put(event);
    onEvents(index + 1);
  }
  if (plan.listed.length > 0) await waitForFirstPasses(local);
  await local.waitUntilDrained();
  const elapsedMs = Math.round(performance.now() - startedAtMs);
  return {
    eventIds: plan.events.map(({ eventId }) => eventId),
    truth: plan.expected.truth,
    ...parkedIn(plan),
    describe: (seen) => describeEnds(plan, seen),
    reads: responses.reads(),
    elapsedMs,
  };
}

/** An event that cannot be handled must be parked with one of its codes, any other may be. */
function parkedIn({ events, expected }: Plan): Pick<PlayedRun, 'toBeParked' | 'mayBeParked'> {
  const toBeParked = new Map<string, string>();
  for (const { eventId, stated } of events) {
    if (stated.kind === 'parked') toBeParked.set(eventId, stated.code);
    const ends = expected.ends.get(eventId);
    const [code] = ends ?? [];
    if (code !== undefined && !ends?.has(handled)) toBeParked.set(eventId, code);
  }
  return { toBeParked, mayBeParked: expected.ends };
}

/** If the passes do not end in this time, the check of promise 1 says what is missing. */
const longestPassMs = 30_000;
const listPasses = ['opportunities', 'sent-invitations', 'received-invitations', 'engagements'];

/** The stage can look idle before `reconcile` has read the lists of each catalog. */
async function waitForFirstPasses({ stage, dynamodb }: LocalStage): Promise<void> {
  const { tableName } = stage.tables.get('Control/Table');
  const paths = catalogs.flatMap((catalog) => listPasses.map((name) => `${catalog}/${name}`));
  const deadlineMs = performance.now() + longestPassMs;
  while (performance.now() < deadlineMs) {
    const rows = await passRows(dynamodb, tableName);
    if (paths.every((path) => hasEnded(undefined, rows.get(path)))) return;
    await sleep(100);
  }
}

/** Says what happened to each event and to each record that a list contains. */
function describeEnds({ events, listed, expected }: Plan, { versions, parked }: SeenEnds): string[] {
  const stored = (path: string): string => {
    const version = versions.get(path);
    if (version !== undefined) return `${path} is stored, version ${version}`;
    return expected.truth.has(path) ? `${path} is LOST` : `${path} cannot be read, so it is not stored`;
  };
  return [
    ...events.map(({ file, eventId, stated }) => {
      const code = parked.get(eventId);
      if (code !== undefined) return `${file}: parked as ${code}`;
      if (stated.kind === 'ignored') return `${file}: not for this stack, ${stated.reason}`;
      return stated.kind === 'record' ? `${file}: ${stored(recordPath(stated.key))}` : `${file}: LOST`;
    }),
    ...listed.map(({ operation, key }) => `${operation}: ${stored(recordPath(key))}`),
  ];
}
