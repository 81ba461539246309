import * as v from 'valibot';
import { commandActions } from '../core/command.ts';
import { type Line, type LineKey, linePath, parseLinePath, type Ticket } from '../core/line.ts';
import { ServiceError } from '../core/service-error.ts';
import { type ItemKey, itemFormat } from '../core/tables.ts';
import { problemsOf } from '../core/unreadable.ts';
import { storedInstant, wholeNumber } from '../core/value-schema.ts';
import { packedPatchValues, unpackedWith } from './packed-json.ts';

type Item = Readonly<Record<string, unknown>>;

/** What `due` is in the index while a line is due. Deliveries have another value. */
export const dueLine = 'line';
/**
 * What `due` is after a claim has found that the line was edited by hand and is invalid. Deliveries
 * have the same value: an operator repairs both.
 */
export const unreadableLine = 'unreadable';

export const lineSortKey = 'line';
export const ticketSortKeyPrefix = 'ticket#';
export const contentSortKeyPrefix = 'content#';
const partitionPrefix = 'line#';

export function linePartition(key: LineKey): string {
  return `${partitionPrefix}${linePath(key)}`;
}

export function lineItemKey(key: LineKey): ItemKey {
  return { pk: linePartition(key), sk: lineSortKey };
}

export function ticketItemKey(key: LineKey, number: number): ItemKey {
  return { pk: linePartition(key), sk: `${ticketSortKeyPrefix}${digits(number)}` };
}

export function contentItemKey(key: LineKey, number: number): ItemKey {
  return { pk: linePartition(key), sk: `${contentSortKeyPrefix}${digits(number)}` };
}

/** Padded, so that a Query returns tickets in their order. */
function digits(number: number): string {
  return String(number).padStart(10, '0');
}

/** Returns the line of a partition key; undefined for any other. */
export function lineIn(partitionKey: string | undefined): LineKey | undefined {
  const path = partitionKey?.startsWith(partitionPrefix) ? partitionKey.slice(partitionPrefix.length) : '';
  return parseLinePath(path);
}

const text = v.string('a text');
const flag = v.boolean('true or false');
const number = wholeNumber(1, 9_999_999_999).schema;
const counter = wholeNumber(0, 9_999_999_999).schema;

const namedCommand = { id: text, key: text, client: text };

const openCall = v.object({
  number,
  beganAt: storedInstant,
  timestamp: v.exactOptional(text),
  before: packedPatchValues,
  command: v.object(namedCommand),
});

const lineAttributes = {
  signals: number,
  claimId: v.optional(text),
  dueAt: v.optional(storedInstant),
  openCall: v.optional(unpackedWith(openCall, 'the packed open call')),
  answered: v.optional(
    v.object(
      {
        commandId: text,
        answeredAt: storedInstant,
        timestamp: v.exactOptional(text),
        reviewStatus: v.exactOptional(text),
      },
      'a map with commandId and answeredAt',
    ),
  ),
  applied: v.array(
    v.object({ number, ...namedCommand, answeredAt: storedInstant }),
    'a list of maps with number, id, key, client and answeredAt',
  ),
  lastTaskAt: v.optional(storedInstant),
  fruitlessClaims: counter,
  waiting: counter,
};
const line = v.object(lineAttributes);

const ticketAttributes = {
  number,
  commandId: text,
  client: text,
  action: v.picklist(commandActions, `one of ${commandActions.join(', ')}`),
  expiresAt: storedInstant,
  failsIfLocked: flag,
  after: v.optional(text),
  needsApproval: flag,
  isCancelled: flag,
};
const ticket = v.object(ticketAttributes);

/**
 * @returns the line, and the number of its tickets
 * @throws ServiceError `line.unreadable` (never).
 */
export function parseLine(
  { catalog, kind, id }: LineKey,
  item: Item,
): { readonly line: Line; readonly waiting: number } {
  const parsed = v.safeParse(line, item);
  if (!parsed.success) throw unreadable({ catalog, kind, id }, problemsOf(lineAttributes, item));
  const { waiting, ...attributes } = parsed.output;
  return { line: { catalog, kind, id, ...attributes }, waiting };
}

/** @throws ServiceError `line.unreadable` (never). */
export function parseTicket(key: LineKey, item: Item): Ticket {
  const parsed = v.safeParse(ticket, item);
  if (parsed.success) return parsed.output;
  const problems = problemsOf(ticketAttributes, item);
  throw unreadable(
    key,
    problems.map((problem) => `${String(item['sk'])} ${problem}`),
  );
}

export function unreadable(key: LineKey, problems: readonly string[]): ServiceError {
  return new ServiceError('line.unreadable', { line: linePath(key), problems });
}

export function ticketItem(key: LineKey, each: Ticket): Item {
  return { ...ticketItemKey(key, each.number), format: itemFormat, ...each };
}
