import { randomUUID } from 'node:crypto';
import * as v from 'valibot';
import { isJsonObject, type Json } from '../../../lambdas/core/json.ts';
import { tryParseJson } from '../../../lambdas/core/json-text.ts';
import { toSecond } from '../../partner-central/model/aws-timestamps.ts';
import { localAccountId, localArn, localRegion } from '../local-account.ts';
import type { EventBus } from './event-bus.ts';

/** A request of another shape is refused as a whole. Invalid members fail only their entry. */
const putEventsRequest = v.object({
  Entries: v.pipe(
    v.array(
      v.object({
        EventBusName: v.optional(v.string()),
        Source: v.optional(v.string()),
        DetailType: v.optional(v.string()),
        Detail: v.optional(v.string()),
        Resources: v.optional(v.array(v.string()), []),
        /** Seconds since 1970. */
        Time: v.optional(v.number()),
      }),
    ),
    v.minLength(1),
    v.maxLength(10),
  ),
});
type Entry = v.InferOutput<typeof putEventsRequest>['Entries'][number];

const required = ['Source', 'DetailType', 'Detail'] as const;
/** EventBridge User Guide, "Calculating PutEvents event entry size": less than 256 KB. */
const mostEntriesBytes = 256 * 1_024;
/** What a time counts, in the same chapter. */
const timeBytes = 14;

/**
 * In AWS, only a service itself puts events with its source on a bus. The stage makes one
 * exception, because the rules of the template match nothing else.
 */
const playedSource = 'aws.partnercentral-selling';

/** An event on a custom bus. */
export interface BusEvent {
  readonly id: string;
  readonly busArn: string;
  readonly source: string;
  readonly detailType: string;
  readonly detail: unknown;
}

type PutResult = { readonly EventId: string } | { readonly ErrorCode: string; readonly ErrorMessage: string };

/**
 * All event buses. Events of the default bus go through the rules of the template. Custom buses
 * keep all events: the template has no rules for them.
 */
export class EventBuses {
  readonly #defaultBus: EventBus;
  readonly #events: BusEvent[] = [];

  constructor(defaultBus: EventBus) {
    this.#defaultBus = defaultBus;
  }

  /** The events of the custom buses, oldest first. */
  get events(): readonly BusEvent[] {
    return this.#events;
  }

  /** PutEvents of EventBridge. @throws Error if the request is malformed or too large */
  async putEvents(request: unknown): Promise<unknown> {
    const { Entries } = v.parse(putEventsRequest, request);
    if (Entries.reduce((bytes, entry) => bytes + sizeOf(entry), 0) >= mostEntriesBytes)
      throw new RangeError('Total size of the entries in the request is over the limit.');
    const results = await Promise.all(Entries.map((entry) => this.#put(entry)));
    const FailedEntryCount = results.filter((result) => 'ErrorCode' in result).length;
    return { FailedEntryCount, Entries: results };
  }

  async #put(entry: Entry): Promise<PutResult> {
    const { EventBusName = 'default', Source: source = '', DetailType: detailType = '' } = entry;
    const missing = required.find((name) => !entry[name]);
    if (missing !== undefined) return toFailure('InvalidArgument', requiredText(missing));
    if (source.startsWith('aws.') && source !== playedSource)
      return toFailure('NotAuthorizedForSourceException', 'Not authorized for the source.');
    const detail = tryParseJson(entry.Detail ?? '');
    if (!isJsonObject(detail)) return toFailure('MalformedDetail', 'Detail is malformed.');
    const id = randomUUID();
    if (defaultNames.includes(EventBusName)) await this.#defaultBus.put(envelopeOf(entry, id, detail));
    else this.#events.push({ id, busArn: EventBusName, source, detailType, detail });
    return { EventId: id };
  }
}

const defaultNames = ['default', localArn('events', 'event-bus/default')];

function requiredText(name: string): string {
  return `Parameter ${name} is not valid. Reason: ${name} is a required argument.`;
}

/** The event as EventBridge hands it to the targets of a rule. */
function envelopeOf({ Source, DetailType, Resources, Time }: Entry, id: string, detail: Json) {
  return {
    version: '0',
    id,
    'detail-type': DetailType,
    source: Source,
    account: localAccountId,
    time: toSecond(Time === undefined ? Date.now() : Time * 1_000),
    region: localRegion,
    resources: Resources,
    detail,
  };
}

function sizeOf({ Source = '', DetailType = '', Detail = '', Resources, Time }: Entry): number {
  const texts = [Source, DetailType, Detail, ...Resources];
  const bytes = texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
  return Time === undefined ? bytes : bytes + timeBytes;
}

function toFailure(ErrorCode: string, ErrorMessage: string): PutResult {
  return { ErrorCode, ErrorMessage };
}
