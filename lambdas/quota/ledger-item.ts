import { epochMsOf, type Instant, instantOf, parseInstant } from '../core/instant.ts';
import { isJsonObject } from '../core/json.ts';
import { hourMs, hourOf, type LedgerUser, type QuotaLedger, type ReadLimits } from './ledger.ts';
import { longestClosureMs, longestReachMs } from './reserve-permits.ts';

export interface ParsedLedger {
  readonly ledger: QuotaLedger;
  /**
   * Whether invalid parts were replaced by assumptions. They never assume less use than there was.
   */
  readonly isRepaired: boolean;
}

type LedgerReader = Pick<LedgerUser, 'writer' | 'nowMs'> & { readonly limits: ReadLimits };

/**
 * Parses the stored item, which can be edited by hand. Invalid permit times: assumes that the
 * longest reservation was made at this moment. An invalid count of an hour: assumes a 24th of the
 * daily limit.
 */
export function parseLedger(item: unknown, reader: LedgerReader): ParsedLedger {
  const attributes = isMap(item) ? item : {};
  const { hours, isRepaired: areHoursRepaired } = parseHours(attributes['hours'], reader);
  const { schedule, isRepaired: isScheduleRepaired } = parseSchedule(attributes, reader);
  return { ledger: { ...schedule, hours }, isRepaired: areHoursRepaired || isScheduleRepaired };
}

type Attributes = Readonly<Record<string, unknown>>;
/** When permits are reserved or withheld. */
type Schedule = Omit<QuotaLedger, 'hours'>;

function parseSchedule(
  attributes: Attributes,
  reader: LedgerReader,
): { schedule: Schedule; isRepaired: boolean } {
  const { writer, closures } = attributes;
  const [writtenAt, nextFreeAt, closedUntil] = ['writtenAt', 'nextFreeAt', 'closedUntil'].map((name) =>
    parseInstant(attributes[name]),
  );
  const reachMs = longestReachMs(reader.limits);
  const isValid =
    typeof writer === 'string' &&
    writer !== '' &&
    nextFreeAt !== undefined &&
    writtenAt !== undefined &&
    epochMsOf(nextFreeAt) <= Math.max(epochMsOf(writtenAt) + reachMs, limitClosure(writtenAt, closedUntil));
  const permits = isValid
    ? { writer, writtenAt, nextFreeAt }
    : {
        writer: reader.writer,
        writtenAt: instantOf(reader.nowMs),
        nextFreeAt: instantOf(reader.nowMs + reachMs),
      };
  const closed = closedUntil && instantOf(limitClosure(permits.writtenAt, closedUntil));
  const isCount = Number.isSafeInteger(closures) && typeof closures === 'number' && closures >= 0;
  return {
    schedule: {
      ...permits,
      ...(closed !== undefined && { closedUntil: closed }),
      closures: isCount ? closures : 0,
    },
    isRepaired: !isValid || !isCount || closed !== attributes['closedUntil'],
  };
}

/** The end of the closure in epoch milliseconds, at most the longest closure after the write. */
function limitClosure(writtenAt: Instant, closedUntil: Instant | undefined): number {
  return closedUntil === undefined
    ? 0
    : Math.min(epochMsOf(closedUntil), epochMsOf(writtenAt) + longestClosureMs);
}

function parseHours(
  value: unknown,
  { nowMs, limits }: LedgerReader,
): Pick<QuotaLedger, 'hours'> & { isRepaired: boolean } {
  const average = Math.ceil(limits.perDay / 24);
  if (!isMap(value)) {
    const all = Array.from({ length: 24 }, (_, ago) => [hourOf(nowMs - ago * hourMs), average]);
    return { hours: Object.fromEntries(all), isRepaired: true };
  }
  const counted = new Map<string, number>();
  let isRepaired = false;
  for (const [name, count] of Object.entries(value)) {
    const isCount = typeof count === 'number' && Number.isSafeInteger(count) && count >= 0;
    // The next hour is valid: a clock may be ahead, or a permit lie in it. A later one would count
    // for more than a day.
    const isHour = parseInstant(`${name}:00:00Z`) !== undefined && name <= hourOf(nowMs + hourMs);
    const hour = isHour ? name : hourOf(nowMs);
    const sum = (counted.get(hour) ?? 0) + (isCount ? count : average);
    counted.set(hour, Math.min(sum, Number.MAX_SAFE_INTEGER));
    isRepaired ||= !isCount || !isHour;
  }
  return { hours: Object.fromEntries(counted), isRepaired };
}

/** DynamoDB sets and binary values are objects too, but not maps. */
function isMap(value: unknown): value is Attributes {
  return isJsonObject(value) && !(value instanceof Set) && !ArrayBuffer.isView(value);
}
