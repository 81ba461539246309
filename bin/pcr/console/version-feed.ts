import {
  addMs,
  dayMs,
  epochMsOf,
  type Instant,
  instantOf,
  parseInstant,
} from '../../../lambdas/core/instant.ts';
import { type RecordKind, recordKinds, recordPath } from '../../../lambdas/core/record.ts';
import type { Clock } from '../../../lambdas/ports/clock.ts';
import { firstOf } from '../first-of.ts';
import type { Relay } from '../relay.ts';
import { type ListedVersion, listVersions } from '../stores/version-list.ts';

/**
 * A version becomes visible in the index a while after the time by which the index is sorted: a
 * pass of reminders gives all its versions the time of its start.
 */
const overlapMs = 300_000;
/** More versions than these are not listed one by one. */
const mostOfKind = 500;
/** A page that is open does not make the table read more often than this. */
const leastIntervalMs = 900;

/** What became known since the last look. */
export interface News {
  readonly versions: readonly ListedVersion[];
  /** There were too many versions to list: read all records again. */
  readonly isTooMuch: boolean;
}

/** By record and version, newest first. */
type Versions = ReadonlyMap<string, ListedVersion>;

/** Follows the newest versions of all records of one catalog, while a page is open. */
export class VersionFeed {
  readonly #catalog: string;
  readonly #relay: Pick<Relay, 'clients' | 'output'>;
  readonly #clock: Clock;
  readonly #newest = new Map<RecordKind, Versions>();
  #lookedAtMs = Number.NEGATIVE_INFINITY;
  #looking: Promise<News> | undefined;

  constructor(catalog: string, relay: Pick<Relay, 'clients' | 'output'>, clock: Clock) {
    this.#catalog = catalog;
    this.#relay = relay;
    this.#clock = clock;
  }

  /** The newest versions that were seen, newest first. */
  get newest(): readonly ListedVersion[] {
    return [...this.#newest.values()].flatMap((versions) => [...versions.values()]).toSorted(newestFirst);
  }

  /** Looks for versions that are not known yet, unless it has just looked. */
  look(): Promise<News> {
    const nowMs = this.#clock.nowMs();
    if (!this.#looking && nowMs - this.#lookedAtMs < leastIntervalMs)
      return Promise.resolve({ versions: [], isTooMuch: false });
    this.#looking ??= this.#read(nowMs).finally(() => {
      this.#looking = undefined;
    });
    return this.#looking;
  }

  async #read(nowMs: number): Promise<News> {
    const news = await Promise.all(recordKinds.map((kind) => this.#readKind(kind, nowMs)));
    this.#lookedAtMs = this.#clock.nowMs();
    return {
      versions: news.flatMap(({ versions }) => versions),
      isTooMuch: news.some(({ isTooMuch }) => isTooMuch),
    };
  }

  async #readKind(kind: RecordKind, nowMs: number): Promise<News> {
    const known: Versions = this.#newest.get(kind) ?? new Map();
    const since = sinceOf(known, nowMs);
    const days = [...new Set([instantOf(nowMs), since].map((instant) => instant.slice(0, 10)))];
    const { found, hasMore } = await firstOf(this.#list(kind, days, since), mostOfKind);
    const versions = found.filter((each) => !known.has(nameOf(each)));
    const all = [...known.values(), ...versions].toSorted(newestFirst).slice(0, mostOfKind);
    this.#newest.set(kind, new Map(all.map((each) => [nameOf(each), each])));
    // A list that reaches a known version is complete. Before the first look all is known.
    return { versions, isTooMuch: hasMore && known.size > 0 && versions.length === found.length };
  }

  async *#list(kind: RecordKind, days: readonly string[], since: Instant) {
    const { clients, output } = this.#relay;
    for (const day of days) {
      const query = { catalog: this.#catalog, kind, day, since };
      yield* listVersions(query, clients.dynamodb, output('RecordsTableName'));
    }
  }
}

/** The first look reads what became known in the last day. */
function sinceOf(known: Versions, nowMs: number): Instant {
  const [last] = known.values();
  const from = parseInstant(last?.knownAt);
  return from && epochMsOf(from) > nowMs - dayMs ? addMs(from, -overlapMs) : instantOf(nowMs - dayMs);
}

function newestFirst(a: ListedVersion, b: ListedVersion): number {
  return a.knownAt < b.knownAt ? 1 : -1;
}

function nameOf(version: ListedVersion): string {
  return `${recordPath(version)}#${version.version}`;
}
