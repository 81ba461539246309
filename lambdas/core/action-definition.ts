import type { CommandAction, CommandContent } from './command.ts';
import type { Json, JsonObject } from './json.ts';
import type { LineKey, TargetKind } from './line.ts';
import type { LinkBasis } from './link.ts';
import type { PatchValue } from './merge-patch.ts';
import type { UpdateRequest } from './update-request.ts';
import type { WriteOperation } from './write-operation.ts';

/** Everything that is special about one action. */
export interface ActionDefinition<A extends CommandAction> {
  /** The kind of record that it changes. */
  readonly targetKind: TargetKind;
  /** The operation of the Selling API that it calls. */
  readonly operation: WriteOperation;
  /** What a command changes, as it is reported: JSON Pointers into the record. */
  readonly paths: (content: CommandContent<A>) => readonly string[];
  /**
   * The JSON Pointer by which a path of the request to AWS, or of `wanted`, is reported. Undefined:
   * the first of `paths`.
   */
  readonly reportedPath?: (path: string) => string;
  /** Whether the request has members that its client did not ask to change. */
  readonly sendsOthers: boolean;
  /** What a command wants of its record, at paths of `view`. */
  readonly wanted: (content: CommandContent<A>) => readonly PatchValue[];
  /** What the action sees of the record. */
  readonly view: (payload: JsonObject) => JsonObject;
  /**
   * Whether the record has what a call has written, and no later decision of AWS that looks the
   * same in `view`. Undefined: nothing else looks the same.
   */
  readonly isAsWritten?: (payload: JsonObject) => boolean;
  /**
   * The value on which a wanted one is based. Undefined: on the one that the client saw.
   * @param wanted the wanted value
   */
  readonly baseOf?: (wanted: Json | undefined) => Json | undefined;
  /**
   * A text that changes whenever what the action writes has changed, to know whether a call was
   * applied. Undefined if AWS gives none.
   */
  readonly timestamp: (payload: JsonObject) => string | undefined;
  /** Whether the command cannot be undone. `payload` is of the record. */
  readonly isIrreversible: (content: CommandContent<A>, payload: JsonObject) => boolean;
  /** Whether AWS refuses it while it reviews the opportunity, so that it waits. */
  readonly isLockedByReview: boolean;
  /** Whether `onConflict: overwrite` may replace what others have written. */
  readonly overwrites: boolean;
  /**
   * Makes the request, without a token.
   * @param payload the answer of the read on which the request is based
   */
  readonly request: (content: CommandContent<A>, line: LineKey, payload: JsonObject) => UpdateRequest;
  /**
   * Whether the request has a token. It is stored before its first call, and repeated until an
   * answer.
   */
  readonly hasToken: boolean;
  /** Whether the record does not exist before. */
  readonly creates: boolean;
  /** Set if AWS does it in a task, which the answer names. */
  readonly task?: TaskDefinition;
}

/** The tasks that one operation has started. */
export type TaskList = 'acceptances' | 'conversions' | 'submissions';

/** How `act` finds out the end of a task of AWS. */
export interface TaskDefinition {
  /** The list that has the task. */
  readonly list: TaskList;
  /** Whether the record shows that a task has done the essential part, even if it has failed. */
  readonly isDone: (payload: JsonObject) => boolean;
  /** Members of a failed task that name records that it has made before it failed. */
  readonly leaves: readonly string[];
  /**
   * How a command ends if the record has what is wanted before its call. Others can have done it in
   * another way than this command wants.
   */
  readonly endIfDone: 'succeeded' | 'conflict';
  /**
   * Set if a task that failed is never started again, whatever the reason: nothing shows how far
   * the failed one came.
   */
  readonly isStartedOnce?: true;
  /** Set if the new opportunity is read, and linked to the record, before the command ends. */
  readonly linkedVia?: LinkBasis;
}
