import { addMs, epochMsOf, type Instant, instantOf, parseInstant } from '../../../lambdas/core/instant.ts';
import { recordKinds, recordPath } from '../../../lambdas/core/record.ts';
import type { Clock } from '../../../lambdas/ports/clock.ts';
import { firstOf } from '../first-of.ts';
import type { Relay } from '../relay.ts';
import { type ListedVersion, listVersions } from '../stores/version-list.ts';

/** A version becomes visible in the index a while after it was read. */
const overlapMs = 60_000;
/** More versions than these are not listed one by one. */
const mostOfKind = 500;
/** A page that is open does not make the table read more often than this. */
const leastIntervalMs = 900;
const dayMs = 86_400_000;

/** What became known since the last look. */
export interface News {
  readonly versions: readonly ListedVersion[];
  /** There were too many versions to list: read all records again. */
  readonly isTooMuch: boolean;
}

/** Follows the newest versions of all records of one catalog, while a page is open. */
export class VersionFeed {
  readonly #catalog: string;
  readonly #relay: Pick<Relay, 'clients' | 'output'>;
  readonly #clock: Clock;
  /** By record and version. */
  #newest: ReadonlyMap<string, ListedVersion> = new Map();
  #lookedAtMs = Number.NEGATIVE_INFINITY;
  #looking: Promise<News> | undefined;

  constructor(catalog: string, relay: Pick<Relay, 'clients' | 'output'>, clock: Clock) {
    this.#catalog = catalog;
    this.#relay = relay;
    this.#clock = clock;
  }

  /** The newest versions that were seen, newest first. */
  get newest(): readonly ListedVersion[] {
    return [...this.#newest.values()];
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
    const lists = await Promise.all(recordKinds.map((kind) => this.#newestOf(kind, nowMs)));
    const listed = lists.flatMap(({ found }) => found);
    const versions = listed.filter((each) => !this.#newest.has(nameOf(each)));
    const all = new Map([...this.#newest, ...versions.map((each) => [nameOf(each), each] as const)]);
    const sorted = [...all].toSorted(([, a], [, b]) => (a.knownAt < b.knownAt ? 1 : -1));
    this.#newest = new Map(sorted.slice(0, mostOfKind * recordKinds.length));
    this.#lookedAtMs = this.#clock.nowMs();
    return { versions, isTooMuch: lists.some(({ hasMore }) => hasMore) };
  }

  /** The first look reads what became known yesterday and today. */
  async #newestOf(kind: (typeof recordKinds)[number], nowMs: number) {
    const since = this.#since(kind, nowMs);
    const days = [...new Set([instantOf(nowMs), since].map((instant) => instant.slice(0, 10)))];
    return await firstOf(this.#list(kind, days, since), mostOfKind);
  }

  #since(kind: string, nowMs: number): Instant {
    const last = [...this.#newest.values()].find((each) => each.kind === kind);
    const from = parseInstant(last?.knownAt);
    const earliest = instantOf(nowMs - dayMs);
    return from && epochMsOf(from) > nowMs - dayMs ? addMs(from, -overlapMs) : earliest;
  }

  async *#list(kind: ListedVersion['kind'], days: readonly string[], since: Instant) {
    const { clients, output } = this.#relay;
    for (const day of days) {
      const query = { catalog: this.#catalog, kind, day, since };
      yield* listVersions(query, clients.dynamodb, output('RecordsTableName'));
    }
  }
}

function nameOf(version: ListedVersion): string {
  return `${recordPath(version)}#${version.version}`;
}
