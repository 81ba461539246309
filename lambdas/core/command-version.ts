import { type CommandState, parseCommandState } from './command-state.ts';
import { addMs, type Instant } from './instant.ts';
import type { LineKey } from './line.ts';
import type { RecordKey } from './record.ts';
import { recordPath } from './record.ts';
import { ServiceError } from './service-error.ts';
import { decide, type RecordState, type Version } from './version.ts';

/** Detail-type in the cause of versions that commands lead to. AWS sends no such event. */
export const commandDetailType = 'Relay Command';

/**
 * Makes the next version of a command. Commands are ordered by conditional writes, not by clocks:
 * a version is newer than the one before, also if the clock of its worker is behind.
 */
export function commandVersion(
  current: RecordState | undefined,
  key: RecordKey,
  state: CommandState,
  now: Instant,
): Version {
  const soonest = current && addMs(current.readAt, 1);
  const readAt = soonest !== undefined && soonest > now ? soonest : now;
  const cause = { detailType: commandDetailType, eventIds: [key.id], eventTime: now };
  const decision = decide(current, { key, payload: withoutAbsent(state), readAt, cause });
  if (decision.outcome === 'stored') return decision.version;
  throw new TypeError(`a version of ${recordPath(key)} that changes nothing`);
}

/** @throws ServiceError `record.unreadable` (never) if the payload was edited by hand. */
export function commandStateOf(record: RecordState): CommandState {
  const state = parseCommandState(record.payload);
  if (state) return state;
  const item = `${recordPath(record)} current`;
  throw new ServiceError('record.unreadable', { item, problems: ['payload: no command'] });
}

/** The line that the ticket of a command is in. */
export function lineKeyOf(command: RecordState): LineKey {
  return { catalog: command.catalog, ...commandStateOf(command).target };
}

function withoutAbsent(state: CommandState): RecordState['payload'] {
  const present = Object.entries(state).filter(([, value]) => value !== undefined);
  return Object.fromEntries(present);
}
