import { callsSince, withEchoes } from '../core/echo.ts';
import { longestLagMs } from '../core/freshness.ts';
import { lineKeyFor } from '../core/line.ts';
import { ifReadable } from '../core/unreadable.ts';
import type { RecordState, Version } from '../core/version.ts';
import type { CommandStore } from '../ports/command-store.ts';

export interface AddEchoesDeps {
  /** Lines of commands. Undefined if the deployment takes no commands. */
  readonly lines?: Pick<CommandStore, 'line' | 'content'> | undefined;
  /** See `longestLagMs`. @default that value, for time that is not scaled */
  readonly lagMs?: number;
}

/**
 * Adds the clients to a version that it is an echo for, before it is stored: so each message of it
 * is the same. Reads the line of the record once, and contents only of calls that it may show.
 * @param before the state that the version replaces
 * @throws ServiceError `store.unavailable` (later).
 */
export async function addEchoes(
  before: RecordState | undefined,
  version: Version,
  { lines, lagMs = longestLagMs }: AddEchoesDeps,
): Promise<Version> {
  const key = lineKeyFor(version);
  if (!lines || !before || !key) return version;
  // A row that was edited by hand and is invalid explains nothing. `act` reports it.
  const line = await ifReadable(() => lines.line(key));
  const calls = line ? callsSince(before, line, lagMs) : [];
  if (calls.length === 0) return version;
  const candidates = await Promise.all(
    calls.map(async ({ id, key: name, client, number, isOpen }) => {
      const stored = await ifReadable(() => lines.content(key, number));
      return stored ? [{ id, key: name, client, isOpen, content: stored.request.content }] : [];
    }),
  );
  return withEchoes(before, version, candidates.flat());
}
