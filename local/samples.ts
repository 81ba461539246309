import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { at, isJsonArray, isJsonObject, type Json, type JsonObject, textAt } from '../lambdas/core/json.ts';
import { isSampleFile, readSampleFile, readSampleText } from './sample-file.ts';

export interface SampleEvent {
  /** Name of the file; with the position, if the file holds more than one event. */
  readonly file: string;
  readonly raw: JsonObject;
}

/**
 * Checks that a folder can hold recordings: it is empty, or contains `events/` or `responses/`.
 * @throws Error that names the folder
 */
export function checkSamplesFolder(folder: string): void {
  const expected = `--samples ${folder}: a folder with events/ and responses/ is expected`;
  if (!existsSync(folder) || !statSync(folder).isDirectory()) throw new Error(expected);
  const names = readdirSync(folder);
  if (names.length > 0 && !names.includes('events') && !names.includes('responses'))
    throw new Error(expected);
}

/**
 * Reads the events in `events/*.json` and `events/*.jsonc` (comments and trailing commas allowed)
 * of a folder, by file name. A file holds one event, a list of events, or what the AWS CLI prints
 * or takes: messages of `aws sqs receive-message`, log events of `aws logs filter-log-events`,
 * entries for `aws events put-events`.
 * @returns an empty list if there is no folder `events`
 * @throws Error that names the file that cannot be read, and the position
 */
export function readSampleEvents(folder: string): SampleEvent[] {
  const events = join(folder, 'events');
  return sampleNames(events, true).flatMap((file) => {
    const found = eventsIn(readSampleFile(join(events, file)).value, file);
    return found.length === 1 ? found.map(({ raw }) => ({ file, raw })) : found;
  });
}

/** Files and folders in `events` and `responses` that are not read, because of their names. */
export function unreadNames(folder: string): readonly string[] {
  return ['events', 'responses'].flatMap((part) =>
    sampleNames(join(folder, part), false).map((name) => `${part}/${name}`),
  );
}

/** Sorted names of the files that hold JSON by their names, or of everything else. */
export function sampleNames(folder: string, areSamples: boolean): readonly string[] {
  if (!existsSync(folder)) return [];
  const entries = readdirSync(folder, { withFileTypes: true });
  return entries
    .filter((entry) => (isSampleFile(entry.name) && !entry.isDirectory()) === areSamples)
    .map(({ name }) => name)
    .toSorted();
}

/** @param place of the value, for error messages and for the names of events */
function eventsIn(value: Json, place: string): SampleEvent[] {
  if (isJsonArray(value)) return value.flatMap((each, index) => eventsIn(each, `${place}[${index}]`));
  if (!isJsonObject(value)) throw new Error(`${place} is not an event: a JSON object is expected`);
  for (const [list, body] of printedLists) {
    const items = at(value, list);
    if (!isJsonArray(items)) continue;
    return items.flatMap((item, index) => eventsInText(at(item, body), `${place} ${list}[${index}].${body}`));
  }
  const entries = at(value, 'Entries');
  if (isJsonArray(entries)) return eventsIn(entries, `${place} Entries`);
  return [{ file: place, raw: isBusEntry(value) ? fromBusEntry(value, place) : value }];
}

/** Lists that the AWS CLI or a function's event has, and the member that holds an event as text. */
const printedLists = [
  ['Messages', 'Body'],
  ['Records', 'body'],
  ['events', 'message'],
] as const;

function eventsInText(text: Json | undefined, place: string): SampleEvent[] {
  if (typeof text !== 'string') throw new Error(`${place} is not an event as text`);
  return eventsIn(readSampleText(text, place), place);
}

function isBusEntry(value: JsonObject): boolean {
  return typeof at(value, 'DetailType') === 'string' && typeof at(value, 'Detail') === 'string';
}

/** Returns the event that EventBridge makes of an entry of PutEvents. */
function fromBusEntry(entry: JsonObject, place: string): JsonObject {
  return {
    version: '0',
    'detail-type': textAt(entry, 'DetailType') ?? '',
    source: at(entry, 'Source') ?? null,
    account: '000000000000',
    time: at(entry, 'Time') ?? '2026-01-01T00:00:00Z',
    region: 'us-east-1',
    resources: at(entry, 'Resources') ?? [],
    detail: readSampleText(textAt(entry, 'Detail') ?? '', `${place} Detail`),
  };
}
