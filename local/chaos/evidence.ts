import type { ParkedMessage, StoredRecords } from '../observation.ts';
import type { EffectiveWrite } from '../partner-central/model/simulated-writes.ts';
import type { Sighting } from './canaries.ts';
import type { Post, Subscription } from './chaos-receiver.ts';
import type { SentEvent } from './event-carrier.ts';
import type { Permissions } from './permissions.ts';
import type { RowReport } from './row-reports.ts';
import type { SendingLog } from './sending-log.ts';
import type { SentCommand } from './sent-command.ts';
import type { PastState } from './truth-log.ts';

/**
 * Everything that the checker looks at: the simulator, the receivers, the tables, the parked
 * queues.
 */
export interface Evidence extends StoredRecords {
  /** Every state that Partner Central has held, in order, by record path. */
  readonly truth: ReadonlyMap<string, readonly PastState[]>;
  readonly subscriptions: readonly Subscription[];
  /** Endpoints that answered 410. No further version needs to reach them. */
  readonly goneEndpoints: ReadonlySet<string>;
  readonly posts: readonly Post[];
  readonly events: ReadonlyMap<string, SentEvent>;
  /** Events that cannot be used, by id, with the code under which they must be parked. */
  readonly unusable: ReadonlyMap<string, string>;
  readonly parked: readonly ParkedMessage[];
  /** Reads refused because the quota was used up. Refusals by the nemesis are not counted. */
  readonly quotaThrottled: number;
  readonly sightings: readonly Sighting[];
  /** Work that was left when the stage had to be quiescent. */
  readonly unfinished: readonly string[];
  /** Invitations accepted through the API, with the opportunity that each led to: record paths. */
  readonly acceptedThroughApi: ReadonlyMap<string, string>;
  /** Paths of records that an operator erased. */
  readonly erased: ReadonlySet<string>;
  /** These, and paths of records that were not stored yet when an operator wanted to erase them. */
  readonly selectedForErasure: ReadonlySet<string>;
  /**
   * Messages of versions that a restore removed, by record path: content hash of the version by
   * message id.
   */
  readonly removedMessages: ReadonlyMap<string, ReadonlyMap<string, string>>;
  /** How often each row was edited by hand, by its name. */
  readonly rowEdits: ReadonlyMap<string, number>;
  /** Invalid rows that functions reported. */
  readonly rowReports: readonly RowReport[];
  /** Number of faults that met each function. */
  readonly functionFaults: ReadonlyMap<string, number>;
  /** Whether a text holds personal data of the simulated partner. */
  readonly isPersonal: (text: string) => boolean;
  /** What the workers of `deliver` reported. */
  readonly sending: Pick<SendingLog, 'entries' | 'endedAtMs'>;
  /** Commands whose acceptance a client was answered. */
  readonly sentCommands: readonly SentCommand[];
  /** Writes of the API that changed a record, oldest first. */
  readonly effectiveWrites: readonly EffectiveWrite[];
  /** What clients may do. Undefined if each may do everything. */
  readonly permissions?: Permissions | undefined;
  /** Number of calls of `deliver` about a delivery that met a fault, by delivery id. */
  readonly disturbedDeliveries: ReadonlyMap<string, number>;
  /** Undefined if no reminder is switched on. */
  readonly reminders?: SwitchedOnReminders | undefined;
}

/** The reminders that are switched on. */
export interface SwitchedOnReminders {
  /** How long each situation lasts before its reminder is due, by the name of the reminder. */
  readonly afterMs: ReadonlyMap<string, number>;
  /** When the last pass over reminders began, epoch milliseconds. Undefined: there was none yet. */
  readonly passAtMs?: number | undefined;
}

/** The promises of docs/promises.md, by number. */
export const promises = {
  1: 'nothing is lost',
  2: 'nothing goes backwards',
  3: 'versions are contiguous and messages stable',
  4: 'the quotas are never exceeded',
  5: 'nothing AWS sends is dropped',
  6: 'no secret or personal data in logs, queues or errors',
  7: 'what AWS takes away stays known, and redacted',
  8: 'an endpoint that asks for order gets it',
  9: 'one delivery is attempted by one worker at a time',
  10: 'reconciliation repairs what events missed',
  11: 'related records are linked',
  12: 'a fault is charged to the party that made it',
  13: 'what was erased stays erased',
  14: 'a command is never lost and never done twice',
  15: 'a command overwrites nothing of others',
  16: 'a reminder comes once for each situation',
  17: 'a client is sent what others change, and its own changes cause no loop',
  18: 'a client does only what its definition allows',
} as const;

/** The number of a promise in docs/promises.md. */
export type PromiseNumber = keyof typeof promises;

export function promiseText(promise: PromiseNumber): string {
  return `promise ${promise}, ${promises[promise]}`;
}

export interface Violation {
  readonly promise: PromiseNumber;
  /** Path of the record, if the violation concerns one record. */
  readonly path?: string | undefined;
  readonly what: string;
}
