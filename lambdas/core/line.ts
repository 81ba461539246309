import type { CommandAction } from './command.ts';
import type { Instant } from './instant.ts';
import type { PatchValue } from './merge-patch.ts';
import type { RecordKey } from './record.ts';

/** Kinds of records that commands change. */
export const targetKinds = ['opportunity', 'engagement-invitation', 'engagement'] as const;
export type TargetKind = (typeof targetKinds)[number];

/** The record that commands of a line change. */
export interface LineKey {
  readonly catalog: string;
  readonly kind: TargetKind;
  readonly id: string;
}

/** The line of a record; undefined if commands do not change records of its kind. */
export function lineKeyFor({ catalog, kind, id }: RecordKey): LineKey | undefined {
  const target = targetKinds.find((each) => each === kind);
  return target && { catalog, kind: target, id };
}

/**
 * The line of a create, until its opportunity has an id: the id of the line is that of the command,
 * `cmd_…`. The commands for the new opportunity wait there.
 */
export function createLine({ catalog }: Pick<LineKey, 'catalog'>, commandId: string): LineKey {
  return { catalog, kind: 'opportunity', id: commandId };
}

export function isCreateLine({ id }: LineKey): boolean {
  return id.startsWith('cmd_');
}

/** `<catalog>/<kind>/<id>` */
export function linePath({ catalog, kind, id }: LineKey): string {
  return `${catalog}/${kind}/${id}`;
}

export function parseLinePath(path: string): LineKey | undefined {
  const [catalog, kindText, id, ...rest] = path.split('/');
  const kind = targetKinds.find((known) => known === kindText);
  return catalog && kind && id && rest.length === 0 ? { catalog, kind, id } : undefined;
}

/**
 * Where the commands for one record wait. A worker claims the line, never a command, so that two
 * commands for one record never run side by side.
 */
export interface Line extends LineKey {
  /**
   * Number of signals: an acceptance, an approval, a cancellation, an unlock. A worker releases the
   * line only if it has seen all of them. An acceptance takes its number for the ticket.
   */
  readonly signals: number;
  /** Names the worker that has the line. After a crash it stays until the line is claimed again. */
  readonly claimId?: string | undefined;
  /** When a worker may claim the line. Undefined if there is nothing to do. */
  readonly dueAt?: Instant | undefined;
  /** A call whose end is unknown. No command of the line ends or begins before it is settled. */
  readonly openCall?: LineCall | undefined;
  /** The last call that AWS has answered, until a read shows what it did. */
  readonly answered?: AnsweredCall | undefined;
  /** The last commands that have changed the record, newest last, at most 20. */
  readonly applied: readonly AppliedCommand[];
  /** When the last task of a command began that has ended, by AWS's clock. Later ones are newer. */
  readonly lastTaskAt?: Instant | undefined;
  /** Number of claims in a row after which no command has moved on. */
  readonly fruitlessClaims: number;
}

/** The line of a record before its first command. */
export function newLine({ catalog, kind, id }: LineKey): Line {
  return { catalog, kind, id, signals: 0, applied: [], fruitlessClaims: 0 };
}

/** A call that was made, or was about to be made. */
export interface LineCall {
  /** Number of the ticket of its command. */
  readonly number: number;
  readonly beganAt: Instant;
  /** AWS's timestamp in the read before the call; undefined if there is none. */
  readonly timestamp?: string | undefined;
  /** The values of the wanted paths in the read before the call. */
  readonly before: readonly PatchValue[];
  /** The command of the ticket. */
  readonly command: NamedCommand;
}

/** A command as the messages to its client's endpoint name it. */
export interface NamedCommand {
  /** The id of the command's record: `cmd_…` */
  readonly id: string;
  /** The client's own name for it. */
  readonly key: string;
  readonly client: string;
}

export interface AnsweredCall {
  /** The id of the command's record: `cmd_…` */
  readonly commandId: string;
  readonly answeredAt: Instant;
  /** AWS's timestamp in the answer; undefined if the answer is empty. */
  readonly timestamp?: string | undefined;
  /** The ReviewStatus that was sent; undefined if none was. */
  readonly reviewStatus?: string | undefined;
}

export interface AppliedCommand extends NamedCommand {
  readonly number: number;
  /** When it was known that the record has what the command wanted. */
  readonly answeredAt: Instant;
}

/** The place of one command in its line. It is gone when the command has ended. */
export interface Ticket {
  readonly number: number;
  /** The id of the command's record: `cmd_…` */
  readonly commandId: string;
  readonly client: string;
  readonly action: CommandAction;
  readonly expiresAt: Instant;
  /** The command ends, instead of waiting, while AWS reviews the record. */
  readonly failsIfLocked: boolean;
  /** The id of the record of the command that must have succeeded before. */
  readonly after?: string | undefined;
  readonly needsApproval: boolean;
  readonly isCancelled: boolean;
}
