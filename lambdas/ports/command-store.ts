import type { CommandRequest } from '../core/command.ts';
import type { Instant } from '../core/instant.ts';
import type { JsonObject } from '../core/json.ts';
import type { Line, LineCall, LineKey, Ticket } from '../core/line.ts';
import type { PatchValue } from '../core/merge-patch.ts';
import type { RecordState, Version } from '../core/version.ts';

/** What a client wants, with the values, and what AWS said about it in words. */
export interface StoredContent {
  /** The body of the request as it came, without `check`. */
  readonly body: JsonObject;
  readonly request: CommandRequest;
  /** The values of the wanted paths in the version that the client saw. */
  readonly base: readonly PatchValue[];
  /** The request with a token, stored before its first call, so that it is never made again. */
  readonly tokenRequest?: TokenRequest | undefined;
  /** Texts of AWS about the refusal, in the order of the `problems` of the command. */
  readonly awsMessages?: readonly string[] | undefined;
}

export interface TokenRequest {
  readonly body: JsonObject;
  /** 1 for the first token, at most 3. */
  readonly generation: number;
  /** Known once AWS has answered. */
  readonly taskId?: string | undefined;
  /** When it was first known that the task has failed. */
  readonly failedAt?: Instant | undefined;
  /**
   * Until then a request without an answer is repeated without a look before. Undefined for a task
   * whose command is not over: 10 minutes after its call.
   */
  readonly repeatUntil?: Instant | undefined;
}

/** A command that is accepted, with everything that is stored of it. */
export interface AcceptedCommand {
  /** The first version. */
  readonly version: Version;
  readonly intentDueAt: Instant;
  readonly ticket: Ticket;
  readonly content: StoredContent;
}

/**
 * The place of a command in the line of the record that a create has made. Without a ticket the
 * command ends with the move: it is the create itself.
 */
export interface NewPlace {
  /** As it was read just before. */
  readonly line: Line;
  readonly number: number;
  readonly ticket?: Ticket | undefined;
  readonly content: StoredContent;
  /** Set if the command ends: when its content is removed. */
  readonly removeContentAt?: Instant | undefined;
  /** Of a line without commands: the call that has made the record, until a read shows it. */
  readonly answered?: Line['answered'];
}

/**
 * The PartnerOpportunityIdentifier of an opportunity that a command creates. No other command can
 * reserve it until it is free.
 */
export interface ReservedPartnerId {
  readonly partnerId: string;
  /** The id of the record of the create. */
  readonly commandId: string;
  /** Then it ends, whatever becomes of the command. The end of the command can make it earlier. */
  readonly freeAt: Instant;
}

/** A line that this worker alone works on until `leaseEndsAt`. */
export interface ClaimedLine {
  readonly line: Line & { readonly claimId: string };
  /** By number. */
  readonly tickets: readonly Ticket[];
  readonly leaseEndsAt: Instant;
}

/** What changes on the line when its worker writes. What is left out stays. */
export interface LineUpdate {
  /** `null` removes it. */
  readonly openCall?: LineCall | null;
  readonly answered?: Line['answered'] | null;
  readonly applied?: Line['applied'];
  readonly lastTaskAt?: Line['lastTaskAt'];
  readonly fruitlessClaims?: number;
}

/**
 * Lines with their tickets, and the contents of commands. Commands themselves are records: their
 * versions are in the RecordStore, and an acceptance or an end is one transaction with the line.
 * Each version is written like any other: its intent is stored before, and the version after, see
 * `tryAppend`.
 * @throws ServiceError `store.unavailable` (later) from every call; `line.unreadable` (never) for a
 *   row of the line that was edited by hand and is invalid.
 */
export interface CommandStore {
  /** Reads consistently. Undefined if no command was ever accepted for the record. */
  line(key: LineKey): Promise<Line | undefined>;
  /**
   * Stores the first versions of commands, their tickets and contents, all or none, and makes the
   * line due, unless a worker has it. `line` is as it was read just before; the numbers of the
   * tickets are `line.signals + 1` and so on.
   * `raced`: one of the commands exists, maybe with other content, or the line has changed since.
   * `reserved`: another command has this PartnerOpportunityIdentifier. Nothing was written.
   */
  accept(
    line: Line,
    accepted: readonly AcceptedCommand[],
    reservation?: ReservedPartnerId,
  ): Promise<'accepted' | 'raced' | 'reserved'>;
  /** Undefined if it is gone: it is removed 90 days after the command ended, or by an erasure. */
  content(key: LineKey, number: number): Promise<StoredContent | undefined>;
  /**
   * Claims a line whose due time has come, by moving its due time to the end of the lease, and
   * reads it with its tickets, consistently. Undefined if the line is not due. The claim adds 1 to
   * `fruitlessClaims`, so that a claim during which the worker crashes counts too.
   */
  claim(key: LineKey, claimId: string, now: Instant, leaseEndsAt: Instant): Promise<ClaimedLine | undefined>;
  /** Reads the line and its tickets again. Undefined if another worker has claimed it since. */
  readAgain(claimed: ClaimedLine): Promise<ClaimedLine | undefined>;
  /**
   * Writes to the line, and with `tokenRequest` to the content of that ticket, in one transaction.
   * `lost`: another worker has claimed the line since, and nothing was written.
   */
  update(
    claimed: ClaimedLine,
    change: LineUpdate,
    token?: { readonly number: number; readonly tokenRequest: TokenRequest },
  ): Promise<'written' | 'lost'>;
  /**
   * Makes `version` the current state of its command, in one transaction with the line: the last
   * version also removes the ticket, sets when the content is removed, and keeps the texts of AWS.
   * `lost`: as `update`, or the command has changed since. A repetition of what was done is
   * `committed` too.
   */
  commit(
    before: RecordState,
    version: Version,
    intentDueAt: Instant,
    claimed: ClaimedLine,
    change: LineUpdate & {
      readonly number: number;
      /** Set if the command has ended: when its content is removed. */
      readonly removeContentAt?: Instant | undefined;
      readonly awsMessages?: readonly string[] | undefined;
      /** Changes when the reservation of a create ends. */
      readonly frees?: ReservedPartnerId | undefined;
    },
  ): Promise<'committed' | 'lost'>;
  /**
   * Puts a command into the line of the record that a create has made, in one transaction with its
   * next version: at any time its ticket and content are in exactly one line.
   * `lost`: as `commit`. `raced`: the other line or the ticket has changed since it was read.
   */
  move(
    before: RecordState,
    version: Version,
    intentDueAt: Instant,
    claimed: ClaimedLine,
    ticket: Ticket,
    to: NewPlace,
    frees?: ReservedPartnerId,
  ): Promise<'moved' | 'lost' | 'raced'>;
  /**
   * Writes to the line and gives it up. It is due at `dueAt`, or never if that is undefined.
   * `signalled`: there were signals since the line was read, and the worker still has it.
   * `lost`: another worker has claimed it since. In both cases nothing was written.
   */
  release(
    claimed: ClaimedLine,
    dueAt: Instant | undefined,
    change?: LineUpdate,
  ): Promise<'released' | 'signalled' | 'lost'>;
  /**
   * Makes a line due now, or lets the worker that has it look again. Does nothing if there is no
   * line.
   */
  signal(key: LineKey, now: Instant): Promise<void>;
  /**
   * Marks a ticket and signals its line, in one transaction. `absent`: the command has ended.
   */
  mark(
    key: LineKey,
    number: number,
    mark: 'approved' | 'cancelled',
    now: Instant,
  ): Promise<'marked' | 'absent'>;
  /** Lines that are due, the longest due first, at most `limit`. Eventually consistent. */
  dueLines(now: Instant, limit: number): Promise<DueLine[]>;
}

export interface DueLine {
  readonly key: LineKey;
  readonly dueAt: Instant;
}
