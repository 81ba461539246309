import { recordPath } from '../../../lambdas/core/record.ts';
import type { Clock } from '../../../lambdas/ports/clock.ts';
import type { Relay } from '../relay.ts';
import { findListed, listRecords } from '../stores/record-list.ts';
import type { ListedVersion } from '../stores/version-list.ts';
import type { DealRow, DealsView } from './api.ts';
import { type DealFilter, dealRowOf, selectDeals } from './deal-rows.ts';
import type { News } from './version-feed.ts';

/** All deals are read again after this time, in case that news of one was missed. */
const reloadMs = 300_000;
/** Deals that fill a screen. */
const firstPageSize = 200;

/**
 * The deals of one catalog in memory, about 500 bytes each, so that a filter answers at once. They
 * are read newest first: the first view needs only the first page.
 */
export class DealList {
  readonly #catalog: string;
  readonly #relay: Pick<Relay, 'clients' | 'output'>;
  readonly #clock: Clock;
  #deals = new Map<string, DealRow>();
  #loadedAtMs: number | undefined;
  #loading: Promise<void> | undefined;
  /** Of a read in the background. */
  #failure: unknown;
  /** Deals that have to be read again, by path. */
  readonly #changed = new Map<string, ListedVersion>();
  /** Whether more deals have changed than were listed. */
  #isStale = false;
  readonly #firstPage = Promise.withResolvers<void>();

  constructor(catalog: string, relay: Pick<Relay, 'clients' | 'output'>, clock: Clock) {
    this.#catalog = catalog;
    this.#relay = relay;
    this.#clock = clock;
  }

  /** Returns all deals, when they have been read once. @throws Error as DynamoDB answers */
  async complete(): Promise<readonly DealRow[]> {
    if (this.#loadedAtMs === undefined) await this.#load();
    this.#throwFailure();
    return [...this.#deals.values()];
  }

  /**
   * Resolves when a view has the first deals.
   * @throws Error as DynamoDB answers
   */
  async ready(): Promise<void> {
    if (this.#loadedAtMs === undefined) await Promise.race([this.#load(), this.#firstPage.promise]);
    this.#throwFailure();
  }

  /** Reads again what has changed. Reads all deals in the background if that is due. */
  async update({ versions, isTooMuch }: News): Promise<void> {
    for (const each of versions) if (each.kind === 'opportunity') this.#changed.set(recordPath(each), each);
    this.#isStale ||= isTooMuch;
    if (this.#loading || this.#loadedAtMs === undefined) return;
    if (this.#isStale || this.#clock.nowMs() - this.#loadedAtMs > reloadMs) void this.#load();
    else await this.#readChanged();
  }

  view(filter: DealFilter): DealsView {
    const deals = [...this.#deals.values()];
    const isComplete = this.#loadedAtMs !== undefined;
    return { read: deals.length, isComplete, ...selectDeals(deals, filter, this.#clock.nowMs()) };
  }

  #throwFailure(): void {
    const failure = this.#failure;
    this.#failure = undefined;
    if (failure !== undefined) throw failure;
  }

  #load(): Promise<void> {
    this.#loading ??= this.#readAll();
    return this.#loading;
  }

  async #readAll(): Promise<void> {
    const { clients, output } = this.#relay;
    const filter = { catalog: this.#catalog, kind: 'opportunity' } as const;
    // A first read shows what it has. A later one replaces all, so that erased deals disappear.
    const found = this.#loadedAtMs === undefined ? this.#deals : new Map<string, DealRow>();
    this.#isStale = false;
    try {
      for await (const record of listRecords(filter, clients.dynamodb, output('RecordsTableName'))) {
        putNewer(found, dealRowOf(record), this.#deals.get(record.id));
        if (found.size === firstPageSize) this.#firstPage.resolve();
      }
      this.#deals = found;
      this.#loadedAtMs = this.#clock.nowMs();
      await this.#readChanged();
    } catch (error) {
      this.#failure = error;
    }
    this.#loading = undefined;
  }

  /** What cannot be read is read again with the next view. */
  async #readChanged(): Promise<void> {
    const changed = [...this.#changed];
    const { clients, output } = this.#relay;
    const keys = changed.map(([, version]) => version);
    for (const record of await findListed(keys, clients.dynamodb, output('RecordsTableName')))
      putNewer(this.#deals, dealRowOf(record), this.#deals.get(record.id));
    // It may have changed once more while it was read.
    for (const [path, version] of changed)
      if (this.#changed.get(path) === version) this.#changed.delete(path);
  }
}

/** An index, and a read that was slow, may be older than what is known. */
function putNewer(deals: Map<string, DealRow>, read: DealRow, known: DealRow | undefined): void {
  deals.set(read.id, known && (known.version ?? 0) > (read.version ?? 0) ? known : read);
}
