import { epochMsOf, type Instant, instantOf, parseInstant } from './instant.ts';
import { isJsonObject } from './json.ts';
import { hourMs, hourOf, type LedgerUser, type QuotaLedger, type ReadLimits } from './quota-ledger.ts';
import { longestClosureMs, longestReachMs } from './quota-turns.ts';

export interface ParsedLedger {
  readonly ledger: QuotaLedger;
  /** Parts of the item were none of a ledger, and had to be assumed: never less of the quota spent than there was. */
  readonly mended: boolean;
}

type Parser = Pick<LedgerUser, 'writer' | 'nowMs'> & { readonly limits: ReadLimits };

/**
 * Reads the item, which people can edit. Where the turns cannot be told, the longest reservation may just have been made;
 * where the reads of an hour cannot be told, they are taken for a 24th of the day's.
 */
export function parseLedger(item: unknown, by: Parser): ParsedLedger {
  const attributes = isMap(item) ? item : {};
  const hours = parseHours(attributes['hours'], by);
  const turns = parseTurns(attributes, by);
  return { ledger: { ...turns.ledger, hours: hours.hours }, mended: hours.mended || turns.mended };
}

type Attributes = Readonly<Record<string, unknown>>;
type Turns = Omit<QuotaLedger, 'hours'>;

function parseTurns(attributes: Attributes, by: Parser): { ledger: Turns; mended: boolean } {
  const { writer, closures } = attributes;
  const [writtenAt, nextFreeAt, closedUntil] = ['writtenAt', 'nextFreeAt', 'closedUntil'].map((name) =>
    parseInstant(attributes[name]),
  );
  const reachMs = longestReachMs(by.limits);
  const isSound =
    typeof writer === 'string' &&
    writer !== '' &&
    nextFreeAt !== undefined &&
    writtenAt !== undefined &&
    epochMsOf(nextFreeAt) <=
      Math.max(epochMsOf(writtenAt) + reachMs, closedUntilMsOf(writtenAt, closedUntil));
  const turns = isSound
    ? { writer, writtenAt, nextFreeAt }
    : { writer: by.writer, writtenAt: instantOf(by.nowMs), nextFreeAt: instantOf(by.nowMs + reachMs) };
  const closed = closedUntil && instantOf(closedUntilMsOf(turns.writtenAt, closedUntil));
  const isCount = Number.isSafeInteger(closures) && typeof closures === 'number' && closures >= 0;
  return {
    ledger: {
      ...turns,
      ...(closed !== undefined && { closedUntil: closed }),
      closures: isCount ? closures : 0,
    },
    mended: !isSound || !isCount || closed !== attributes['closedUntil'],
  };
}

/** A closure ends within minutes of its writing. */
function closedUntilMsOf(writtenAt: Instant, closedUntil: Instant | undefined): number {
  return closedUntil === undefined
    ? 0
    : Math.min(epochMsOf(closedUntil), epochMsOf(writtenAt) + longestClosureMs);
}

function parseHours(
  value: unknown,
  { nowMs, limits }: Parser,
): Pick<QuotaLedger, 'hours'> & { mended: boolean } {
  const average = Math.ceil(limits.perDay / 24);
  if (!isMap(value)) {
    const all = Array.from({ length: 24 }, (_, ago) => [hourOf(nowMs - ago * hourMs), average]);
    return { hours: Object.fromEntries(all), mended: true };
  }
  const counted = new Map<string, number>();
  let mended = false;
  for (const [name, count] of Object.entries(value)) {
    const isCount = typeof count === 'number' && Number.isSafeInteger(count) && count >= 0;
    // A clock may be ahead, and a turn in the next hour; what claims to be later would count for longer than a day.
    const isHour = parseInstant(`${name}:00:00Z`) !== undefined && name <= hourOf(nowMs + hourMs);
    const hour = isHour ? name : hourOf(nowMs);
    const sum = (counted.get(hour) ?? 0) + (isCount ? count : average);
    counted.set(hour, Math.min(sum, Number.MAX_SAFE_INTEGER));
    mended ||= !isCount || !isHour;
  }
  return { hours: Object.fromEntries(counted), mended };
}

/** DynamoDB has sets and bytes too: objects, but with no attributes of these names. */
function isMap(value: unknown): value is Attributes {
  return isJsonObject(value) && !(value instanceof Set) && !ArrayBuffer.isView(value);
}
