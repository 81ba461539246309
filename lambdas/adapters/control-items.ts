import * as v from 'valibot';
import { parseInstant } from '../core/instant.ts';
import { isStoredMap, problemsOf } from '../core/unreadable.ts';
import { count, wholeNumber } from '../core/value-schema.ts';
import { exportAttributes } from './dynamodb-export-store.ts';
import { progress } from './pass-item.ts';

const time = v.custom<string>((value) => parseInstant(value) !== undefined, 'a date-time');
const text = v.pipe(v.string('a text'), v.nonEmpty('a text'));
const number = v.pipe(count, v.safeInteger());
const yes = v.literal(true, 'true');

const map = v.custom<Readonly<Record<string, unknown>>>(isStoredMap, 'a map');

function mapOf<Entries extends v.ObjectEntries>(entries: Entries) {
  return v.pipe(map, v.object(entries));
}

const namesById = v.pipe(map, v.record(v.string(), v.string('a text')));
const readsByHour = v.pipe(
  map,
  v.record(
    v.pipe(
      v.string(),
      v.check((hour) => parseInstant(`${hour}:00:00Z`) !== undefined, 'an hour, such as 2026-03-01T10'),
    ),
    number,
  ),
);

/** Attributes of the items of the Control table besides their keys, by `pk`. */
const attributesByPartition = {
  quota: {
    writer: text,
    writtenAt: time,
    nextFreeAt: time,
    closedUntil: v.optional(time),
    closures: number,
    hours: readsByHour,
    hoursTotal: v.optional(number),
    revision: wholeNumber(1, Number.MAX_SAFE_INTEGER).schema,
  },
  pass: {
    // Missing from a pass that was requested before it ever ran.
    dueAt: v.optional(time),
    leased: v.optional(yes),
    requested: v.optional(yes),
    fullRequestedAt: v.optional(time),
    state: v.optional(
      mapOf({
        watermark: v.optional(time),
        lastFullAt: v.optional(time),
        failedAt: v.optional(time),
        failure: v.optional(map),
        finishedAt: v.optional(time),
        progress: v.optional(progress),
      }),
    ),
  },
  commands: { recordTable: text, pausedAt: v.optional(time) },
  sightings: { lastEventAt: v.optional(time), firstReadAt: v.optional(time) },
  'detail-type': { firstSeenAt: time },
  solutions: { names: namesById, readAt: time },
  export: { ...exportAttributes, revision: wholeNumber(1, Number.MAX_SAFE_INTEGER).schema },
} as const satisfies Readonly<Record<string, v.ObjectEntries>>;

type ControlPartition = keyof typeof attributesByPartition;

/**
 * Returns what is invalid in an item of the Control table, because it was edited by hand. Names
 * attributes, never values.
 */
export function controlProblems(item: Readonly<Record<string, unknown>>): readonly string[] {
  const { pk } = item;
  return isPartition(pk)
    ? problemsOf(attributesByPartition[pk], item)
    : ['pk: unknown; allowed: the keys in the data dictionary'];
}

function isPartition(pk: unknown): pk is ControlPartition {
  return typeof pk === 'string' && Object.hasOwn(attributesByPartition, pk);
}
