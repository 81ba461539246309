import { epochMsOf, type Instant, instantOf, parseInstant } from '../core/instant.ts';
import { isStoredMap } from '../core/unreadable.ts';
import { hourMs, hourOf, type LedgerUser, type QuotaLedger, type QuotaLimits } from './ledger.ts';
import { longestClosureMs, longestReachMs } from './reserve-permits.ts';

export interface ParsedLedger {
  readonly ledger: QuotaLedger;
  /**
   * Whether invalid parts were replaced by assumptions. They never assume less use than there was.
   */
  readonly isRepaired: boolean;
}

type LedgerReader = Pick<LedgerUser, 'writer' | 'nowMs'> & { readonly limits: QuotaLimits };

/**
 * Returns the attributes to store. The total is kept beside the hours, so that an edit of one of
 * the two loses no count.
 */
export function ledgerItem(ledger: QuotaLedger): QuotaLedger & { readonly hoursTotal: number } {
  return { ...ledger, hoursTotal: totalOf(ledger.hours) };
}

/**
 * Parses the stored item, which can be edited by hand. Invalid permit times: assumes that the
 * longest reservation was made at this moment. Invalid hours are restored from the total. If that
 * is invalid too, an invalid count of an hour stands for a 24th of the daily limit.
 */
export function parseLedger(item: unknown, reader: LedgerReader): ParsedLedger {
  const attributes = isStoredMap(item) ? item : {};
  const { hours, isRepaired: areHoursRepaired } = parseHours(attributes, reader);
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
  return {
    schedule: {
      ...permits,
      ...(closed !== undefined && { closedUntil: closed }),
      closures: isCount(closures) ? closures : 0,
    },
    isRepaired: !isValid || !isCount(closures) || closed !== attributes['closedUntil'],
  };
}

/** The end of the closure in epoch milliseconds, at most the longest closure after the write. */
function limitClosure(writtenAt: Instant, closedUntil: Instant | undefined): number {
  return closedUntil === undefined
    ? 0
    : Math.min(epochMsOf(closedUntil), epochMsOf(writtenAt) + longestClosureMs);
}

/**
 * Restores what is invalid from the total, filed under the hour under way: it then counts for
 * longer than necessary, never for less. If the total is invalid too, assumes the daily limit.
 */
function parseHours(
  { hours, hoursTotal }: Attributes,
  reader: LedgerReader,
): Pick<QuotaLedger, 'hours'> & { isRepaired: boolean } {
  const total = isCount(hoursTotal) ? hoursTotal : undefined;
  if (!isStoredMap(hours) && total === undefined) return { hours: usedUpDay(reader), isRepaired: true };
  const entries = isStoredMap(hours) ? Object.entries(hours) : [];
  const counted = countHours(entries, total === undefined ? averageOf(reader) : 0, reader.nowMs);
  const missing = (total ?? 0) - totalOf(counted);
  const restored = missing > 0 ? withCalls(counted, hourOf(reader.nowMs), missing) : counted;
  const isComplete = entries.every(([name, count]) => restored[name] === count && isHourUntil(name, reader));
  const isTotalValid = hoursTotal === undefined || total === totalOf(restored);
  return { hours: restored, isRepaired: !isStoredMap(hours) || !isComplete || missing > 0 || !isTotalValid };
}

/** @param invalid what an invalid count stands for */
function countHours(
  entries: readonly (readonly [string, unknown])[],
  invalid: number,
  nowMs: number,
): QuotaLedger['hours'] {
  return entries.reduce<QuotaLedger['hours']>((counted, [name, count]) => {
    const hour = isHourUntil(name, { nowMs }) ? name : hourOf(nowMs);
    return withCalls(counted, hour, isCount(count) ? count : invalid);
  }, {});
}

function withCalls(hours: QuotaLedger['hours'], hour: string, calls: number): QuotaLedger['hours'] {
  return { ...hours, [hour]: Math.min((hours[hour] ?? 0) + calls, Number.MAX_SAFE_INTEGER) };
}

/**
 * The next hour is valid: a clock may be ahead, or a permit lie in it. A later one would count for
 * more than a day.
 */
function isHourUntil(name: string, { nowMs }: Pick<LedgerReader, 'nowMs'>): boolean {
  return parseInstant(`${name}:00:00Z`) !== undefined && name <= hourOf(nowMs + hourMs);
}

function usedUpDay(reader: LedgerReader): QuotaLedger['hours'] {
  const ago = Array.from({ length: 24 }, (_, hours) => hourOf(reader.nowMs - hours * hourMs));
  return Object.fromEntries(ago.map((hour) => [hour, averageOf(reader)]));
}

function averageOf({ limits }: LedgerReader): number {
  return Math.ceil(limits.perDay / 24);
}

function totalOf(hours: QuotaLedger['hours']): number {
  const total = Object.values(hours).reduce((sum, calls) => sum + calls, 0);
  return Math.min(total, Number.MAX_SAFE_INTEGER);
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
