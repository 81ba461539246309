import * as v from 'valibot';
import { type Instant, parseInstant } from '../core/instant.ts';
import type { PassKey } from '../core/pass.ts';
import { isStoredMap } from '../core/unreadable.ts';
import { count, instant } from '../core/value-schema.ts';
import type { ClaimedPass } from '../ports/pass-store.ts';

const storedMap = v.custom<Readonly<Record<string, unknown>>>(isStoredMap);
/** See Progress. */
export const progress = v.object({
  startedAt: instant,
  full: v.boolean(),
  nextToken: v.optional(v.string()),
  markedToken: v.optional(v.string()),
  newestTimestamp: v.optional(instant),
  oldestChange: v.optional(instant),
  pages: count,
  items: count,
  findings: count,
  changes: count,
  // Missing in rows of earlier releases.
  missing: v.optional(count, 0),
  unusable: count,
});

/**
 * Parses the item as it was before the claim. Invalid attributes and members of the state are named
 * and left out; the pass then starts anew.
 */
export function parseClaimed(
  key: PassKey,
  item: Readonly<Record<string, unknown>>,
  leaseEndsAt: Instant,
): ClaimedPass {
  const unreadable: string[] = [];
  const parse = <Output>(schema: v.GenericSchema<unknown, Output>, value: unknown, name: string) => {
    if (value === undefined) return undefined;
    const parsed = v.safeParse(schema, value);
    if (parsed.success) return parsed.output;
    unreadable.push(name);
    return undefined;
  };
  const state = parse(storedMap, item['state'], 'state') ?? {};
  for (const name of ['dueAt', 'fullRequestedAt']) parse(instant, item[name], name);
  for (const name of ['leased', 'requested']) parse(v.literal(true), item[name], name);
  parse(instant, state['failedAt'], 'failedAt');
  parse(storedMap, state['failure'], 'failure');
  return {
    key,
    leaseEndsAt,
    state: {
      watermark: parse(instant, state['watermark'], 'watermark'),
      lastFullAt: parse(instant, state['lastFullAt'], 'lastFullAt'),
      finishedAt: parse(instant, state['finishedAt'], 'finishedAt'),
      progress: parse(progress, withNewName(state['progress']), 'progress'),
    },
    // Release 0.1.0 had another name for it.
    fullRequestedAt: parseInstant(item['fullRequestedAt'] ?? item['fullAskedAt']),
    unreadable,
  };
}

/** Release 0.1.0 had another name for the newest timestamp. */
function withNewName(stored: unknown): unknown {
  if (!isStoredMap(stored)) return stored;
  // cspell:disable-next-line
  const { highestStamp, newestTimestamp = highestStamp } = stored;
  return { ...stored, newestTimestamp };
}
