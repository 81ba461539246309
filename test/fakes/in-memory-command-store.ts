import type { Instant } from '../../lambdas/core/instant.ts';
import { type Line, type LineKey, linePath, type Ticket } from '../../lambdas/core/line.ts';
import { recordPath } from '../../lambdas/core/record.ts';
import { ServiceError } from '../../lambdas/core/service-error.ts';
import type { RecordState, Version } from '../../lambdas/core/version.ts';
import type {
  ClaimedLine,
  CommandStore,
  LineUpdate,
  ReservedPartnerId,
  StoredContent,
} from '../../lambdas/ports/command-store.ts';
import { deepFreeze } from './deep-freeze.ts';
import { inMemoryRecordStore, isCurrent, type RecordRows } from './in-memory-record-store.ts';

/** What is stored, by line path, or by line path and number. */
export interface CommandRows {
  readonly lines: Map<string, Line>;
  readonly tickets: Map<string, ReadonlyMap<number, Ticket>>;
  readonly contents: Map<string, StoredCommandContent>;
  /** What a hand edit has made invalid in the rows of a line. Names attributes, never values. */
  readonly problems: Map<string, readonly string[]>;
  /** By catalog and PartnerOpportunityIdentifier. */
  readonly reservations: Map<string, ReservedPartnerId>;
}

export interface StoredCommandContent {
  readonly content: StoredContent;
  /** Set once the command has ended. */
  readonly removeAt?: Instant | undefined;
}

export interface InMemoryCommandStore extends CommandStore {
  /** Every line, due or not. */
  lines(): readonly Line[];
  /** The tickets of a line by number: of the commands that have not ended. */
  tickets(key: LineKey): readonly Ticket[];
}

export function emptyCommandRows(): CommandRows {
  return {
    lines: new Map(),
    tickets: new Map(),
    contents: new Map(),
    problems: new Map(),
    reservations: new Map(),
  };
}

function contentPath(key: LineKey, number: number): string {
  return `${linePath(key)}#${number}`;
}

/**
 * @param recordRows of the in-memory record store that has the versions of the commands
 * @param rows a caller that keeps the maps sees what is stored
 */
export function inMemoryCommandStore(
  recordRows: RecordRows,
  rows: CommandRows = emptyCommandRows(),
): InMemoryCommandStore {
  const { lines, tickets, contents, problems, reservations } = rows;
  const isFree = (catalog: string, { partnerId, commandId }: ReservedPartnerId, now: Instant) => {
    const found = reservations.get(`${catalog}/${partnerId}`);
    return !found || found.commandId === commandId || found.freeAt <= now;
  };
  const records = inMemoryRecordStore(recordRows);
  /** Lines that a claim has found to be invalid. */
  const setAside = new Set<string>();
  const readable = (key: LineKey): Line | undefined => {
    const found = problems.get(linePath(key));
    if (found) throw new ServiceError('line.unreadable', { line: linePath(key), problems: found });
    return lines.get(linePath(key));
  };
  const put = (line: Line) => lines.set(linePath(line), deepFreeze(line));
  const ticketsOf = (key: LineKey) => tickets.get(linePath(key)) ?? new Map<number, Ticket>();
  const putTickets = (key: LineKey, from: Iterable<readonly [number, Ticket]>) =>
    tickets.set(linePath(key), new Map(from));
  const claimOf = (line: Line, claimId: string, leaseEndsAt: Instant): ClaimedLine => ({
    line: { ...line, claimId },
    tickets: [...ticketsOf(line).values()].toSorted((a, b) => a.number - b.number),
    leaseEndsAt,
  });
  /** The line as it is now, if the worker still has it. */
  const own = ({ line: { claimId, ...key } }: ClaimedLine): Line | undefined => {
    const line = lines.get(linePath(key));
    return line?.claimId === claimId ? line : undefined;
  };
  const changeContent = (
    key: LineKey,
    number: number,
    change: (was: StoredCommandContent) => StoredCommandContent,
  ) => {
    const stored = contents.get(contentPath(key, number));
    if (stored) contents.set(contentPath(key, number), deepFreeze(change(stored)));
  };
  /** True if nothing else of the record was written. Without an await: one transaction. */
  const isUnchanged = (before: RecordState | undefined, version: Version) =>
    isCurrent(before, recordRows.states.get(recordPath(version)));
  const isDone = (version: Version) =>
    recordRows.states.get(recordPath(version))?.messageId === version.messageId;
  return {
    line: async (key) => readable(key),
    async accept(line, accepted, reservation) {
      const stored = lines.get(linePath(line));
      const isSame = (stored?.signals ?? 0) === line.signals && stored?.claimId === line.claimId;
      const [first] = accepted;
      if (!first) throw new TypeError('an acceptance of no command');
      const { readAt: now } = first.version;
      if (reservation && !isFree(line.catalog, reservation, now)) return 'reserved';
      if (!isSame || !accepted.every(({ version }) => isUnchanged(undefined, version))) return 'raced';
      if (reservation) reservations.set(`${line.catalog}/${reservation.partnerId}`, reservation);
      for (const { ticket, content } of accepted) {
        putTickets(line, [...ticketsOf(line), [ticket.number, deepFreeze(ticket)]]);
        contents.set(contentPath(line, ticket.number), deepFreeze({ content }));
      }
      put(signalled(stored ?? line, now, accepted.length));
      await Promise.all(
        accepted.map(({ version, intentDueAt }) => records.commit(undefined, version, intentDueAt)),
      );
      return 'accepted';
    },
    content: async (key, number) => contents.get(contentPath(key, number))?.content,
    async claim(key, claimId, now, leaseEndsAt) {
      const line = lines.get(linePath(key));
      if (line?.claimId === claimId) return claimOf(line, claimId, leaseEndsAt);
      if (line?.dueAt === undefined || line.dueAt > now) return undefined;
      const isSetAside = problems.has(linePath(key));
      if (isSetAside) setAside.add(linePath(key));
      else setAside.delete(linePath(key));
      readable(key);
      const claimed = { ...line, claimId, dueAt: leaseEndsAt, fruitlessClaims: line.fruitlessClaims + 1 };
      put(claimed);
      return claimOf(claimed, claimId, leaseEndsAt);
    },
    async readAgain(claimed) {
      const line = readable(claimed.line) && own(claimed);
      return line && claimOf(line, claimed.line.claimId, claimed.leaseEndsAt);
    },
    async update(claimed, change, token) {
      const line = own(claimed);
      if (!line) return 'lost';
      put(changed(line, change));
      if (token)
        changeContent(line, token.number, ({ content, ...rest }) => ({
          ...rest,
          content: { ...content, tokenRequest: token.tokenRequest },
        }));
      return 'written';
    },
    async commit(before, version, intentDueAt, claimed, change) {
      if (isDone(version)) return 'committed';
      const line = own(claimed);
      if (!line || !isUnchanged(before, version)) return 'lost';
      const { number, removeContentAt, awsMessages, frees, ...ofLine } = change;
      if (frees) reservations.set(`${line.catalog}/${frees.partnerId}`, frees);
      put(changed(line, ofLine));
      if (removeContentAt !== undefined) {
        putTickets(
          line,
          [...ticketsOf(line)].filter(([each]) => each !== number),
        );
        changeContent(line, number, ({ content }) => ({
          content: awsMessages ? { ...content, awsMessages } : content,
          removeAt: removeContentAt,
        }));
      }
      await records.commit(before, version, intentDueAt);
      return 'committed';
    },
    async move(before, version, intentDueAt, claimed, ticket, to, frees) {
      if (isDone(version)) return 'moved';
      const line = own(claimed);
      if (!line || !isUnchanged(before, version)) return 'lost';
      const stored = lines.get(linePath(to.line));
      const isSame = (stored?.signals ?? 0) === to.line.signals && stored?.claimId === to.line.claimId;
      const found = ticketsOf(line).get(ticket.number);
      const isMarked =
        found?.needsApproval !== ticket.needsApproval || found.isCancelled !== ticket.isCancelled;
      if (!isSame || isMarked) return 'raced';
      if (frees) reservations.set(`${line.catalog}/${frees.partnerId}`, frees);
      put(changed(line, to.ticket ? {} : { openCall: null, fruitlessClaims: 0 }));
      putTickets(
        line,
        [...ticketsOf(line)].filter(([each]) => each !== ticket.number),
      );
      contents.delete(contentPath(line, ticket.number));
      const { content, removeContentAt: removeAt, answered } = to;
      contents.set(contentPath(to.line, to.number), deepFreeze({ content, ...(removeAt && { removeAt }) }));
      if (to.ticket) putTickets(to.line, [...ticketsOf(to.line), [to.number, deepFreeze(to.ticket)]]);
      put(signalled(stored ?? { ...to.line, answered }, version.readAt));
      await records.commit(before, version, intentDueAt);
      return 'moved';
    },
    async release(claimed, dueAt, change = {}) {
      const line = own(claimed);
      if (!line) return 'lost';
      if (line.signals !== claimed.line.signals) return 'signalled';
      const { claimId: _claimId, ...rest } = changed(line, change);
      put({ ...rest, dueAt });
      return 'released';
    },
    async signal(key, now) {
      const line = lines.get(linePath(key));
      if (line) put(signalled(line, now));
    },
    async mark(key, number, mark, now) {
      const [line, ticket] = [readable(key), ticketsOf(key).get(number)];
      if (!line || !ticket) return 'absent';
      const change = mark === 'approved' ? { needsApproval: false } : { isCancelled: true };
      putTickets(key, [...ticketsOf(key), [number, deepFreeze({ ...ticket, ...change })]]);
      put(signalled(line, now));
      return 'marked';
    },
    dueLines: async (now, limit) =>
      [...lines.values()]
        .flatMap(({ catalog, kind, id, dueAt }) =>
          dueAt !== undefined && dueAt <= now && !setAside.has(linePath({ catalog, kind, id }))
            ? [{ key: { catalog, kind, id }, dueAt }]
            : [],
        )
        .toSorted((a, b) => (a.dueAt < b.dueAt ? -1 : 1))
        .slice(0, limit),
    lines: () => [...lines.values()],
    tickets: (key) => [...ticketsOf(key).values()],
  };
}

/** A line with more signals. A worker that has it keeps it. */
function signalled(line: Line, now: Instant, count = 1): Line {
  const signals = line.signals + count;
  return line.claimId === undefined ? { ...line, signals, dueAt: now } : { ...line, signals };
}

function changed(line: Line, { openCall, answered, applied, lastTaskAt, fruitlessClaims }: LineUpdate): Line {
  return {
    ...line,
    openCall: openCall === undefined ? line.openCall : (openCall ?? undefined),
    answered: answered === undefined ? line.answered : (answered ?? undefined),
    applied: applied ?? line.applied,
    lastTaskAt: lastTaskAt ?? line.lastTaskAt,
    fruitlessClaims: fruitlessClaims ?? line.fruitlessClaims,
  };
}
