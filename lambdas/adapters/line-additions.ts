import type { Instant } from '../core/instant.ts';
import type { Line } from '../core/line.ts';
import { itemFormat } from '../core/tables.ts';
import type { NewPlace } from '../ports/command-store.ts';
import { isFree, isOwn, lineWrite } from './line-expressions.ts';
import { dueLine } from './line-item.ts';

/** Makes a line due unless a worker has it, on the condition that this has not changed. */
export function signalOf({ claimId }: Line, now: Instant) {
  if (claimId === undefined)
    return { sets: { due: dueLine, dueAt: now }, condition: `attribute_exists(pk) AND ${isFree}` };
  return { condition: isOwn, values: { ':claimId': claimId } };
}

/**
 * Adds commands to a line, on the condition that no other was added since it was read.
 * @param signals number of the added commands, also of those that have ended
 * @param waiting number of the added commands that have a ticket
 */
export function additionTo(
  table: string,
  line: Line,
  now: Instant,
  signals: number,
  waiting: number,
  ofNew: Pick<NewPlace, 'answered'> = {},
) {
  if (line.signals === 0) {
    const { answered } = ofNew;
    const first = { format: itemFormat, signals, fruitlessClaims: 0, applied: [], answered, waiting };
    const sets = { ...first, due: dueLine, dueAt: now };
    return lineWrite(table, line, { sets, condition: 'attribute_not_exists(pk)' });
  }
  const { condition, values, sets } = signalOf(line, now);
  return lineWrite(table, line, {
    sets,
    adds: { signals, waiting },
    condition: `${condition} AND signals = :signals`,
    values: { ...values, ':signals': line.signals },
  });
}

/** Adds one command, which leaves the line of a create. */
export function placeOf(table: string, to: NewPlace, now: Instant) {
  return additionTo(table, to.line, now, 1, to.ticket ? 1 : 0, to);
}
