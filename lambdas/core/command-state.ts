import * as v from 'valibot';
import { commandActions } from './command.ts';
import { sha256 } from './digest.ts';
import type { JsonObject } from './json.ts';
import { type LineKey, targetKinds } from './line.ts';
import type { RecordKey } from './record.ts';
import { storedInstant } from './value-schema.ts';

export const commandStatuses = [
  'accepted',
  'waiting',
  'succeeded',
  'failed',
  'expired',
  'cancelled',
] as const;

/** How a command that AWS has, or would have, refused is explained. See docs/commands.md. */
const failureCodes = [
  /** The record has other values at these paths than the client saw. */
  'conflict',
  /** AWS reviews the record, and the client does not want to wait. */
  'locked',
  /** The call may have been applied, and then undone by a person. */
  'outcome-unknown',
  /** The command that had to succeed before has not. */
  'predecessor',
  /** AWS refused the request because of what the client wants. */
  'refused',
  /** AWS refused the request because of members that the client did not ask to change. */
  'not-yours',
  /** The record is gone, or access to it was taken away. */
  'not-found',
  /** AWS's task failed. */
  'task-failed',
  /** AWS's task failed after the invitation was accepted: there is no opportunity. */
  'half-done',
  /** Ten attempts in a row made no progress, or what the command asks for is gone. */
  'internal',
] as const;

const text = v.string('a text');
const optionalText = v.exactOptional(text);
const pointers = v.array(text, 'a list of JSON Pointers');

export const commandSchema = v.object({
  key: text,
  client: text,
  action: v.picklist(commandActions),
  target: v.object({ kind: v.picklist(targetKinds), id: text }),
  /** Number of its ticket: commands for one record run in this order. */
  number: v.pipe(v.number(), v.integer(), v.minValue(1)),
  /** What it changes: JSON Pointers into the record. */
  paths: pointers,
  basedOn: v.exactOptional(v.number()),
  onConflict: v.picklist(['fail', 'overwrite']),
  onLocked: v.picklist(['wait', 'fail']),
  after: optionalText,
  acceptedAt: storedInstant,
  expiresAt: storedInstant,
  status: v.picklist(commandStatuses),
  /** Why it waits. */
  reason: v.exactOptional(v.picklist(['lock', 'approval'])),
  endedAt: v.exactOptional(storedInstant),
  /** How it is known that the record has what the client wants. */
  evidence: v.exactOptional(v.picklist(['answer', 'read-back', 'already', 'access-lost'])),
  code: v.exactOptional(v.picklist(failureCodes)),
  /** Codes of AWS, or of this stack, with the JSON Pointer into the record. */
  problems: v.exactOptional(v.array(v.object({ path: text, code: text, by: v.picklist(['aws', 'relay']) }))),
  /** Paths that others have changed: because of them it failed. */
  conflicts: v.exactOptional(pointers),
  /** Paths that others had changed, and that it has overwritten. */
  overwrites: v.exactOptional(pointers),
  /** The opportunity that the acceptance of an invitation has created. */
  opportunityId: optionalText,
});

/**
 * The payload of a command's record: what its messages say. It has paths and codes, and no value
 * that a client or AWS has sent.
 */
export type CommandState = Readonly<v.InferOutput<typeof commandSchema>>;

/** Returns what a payload says, or undefined if it was edited by hand and is invalid. */
export function parseCommandState(payload: JsonObject): CommandState | undefined {
  const parsed = v.safeParse(commandSchema, payload);
  return parsed.success ? parsed.output : undefined;
}

export function hasEnded({ status }: Pick<CommandState, 'status'>): boolean {
  return status !== 'accepted' && status !== 'waiting';
}

/** The same client and key always give the same id, so that a repetition finds its command. */
export function commandIdOf(client: string, key: string): string {
  return `cmd_${sha256(`${client}\n${key}`).slice(0, 32)}`;
}

export function commandKeyOf({ catalog }: Pick<LineKey, 'catalog'>, commandId: string): RecordKey {
  return { catalog, kind: 'command', id: commandId };
}
