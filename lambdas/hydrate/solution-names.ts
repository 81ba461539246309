import { epochMsOf, instantOf } from '../core/instant.ts';
import { textAt } from '../core/json.ts';
import { isFailure, reasonOf, ServiceError } from '../core/service-error.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { Metrics } from '../ports/metrics.ts';
import type { PartnerCentral } from '../ports/partner-central.ts';
import type { SolutionCache, SolutionListing } from '../ports/solution-cache.ts';
import type { SolutionNames } from '../ports/solution-names.ts';
import { listPages } from '../records/list-pages.ts';
import { refusals } from '../records/read-or-refusal.ts';
import { reportRepairedRow } from '../records/report-repaired-row.ts';
import type { HydrateLevel, HydrateMetric } from './contract.ts';

export interface SolutionNamesOptions {
  readonly cache: SolutionCache;
  readonly partnerCentral: Pick<PartnerCentral, 'listSolutions'>;
  readonly clock: Clock;
  readonly log: Pick<Log, 'warn'>;
  readonly metrics: Pick<Metrics<HydrateMetric, HydrateLevel>, 'count'>;
}

/** Of 100 solutions each. A partner has some dozens. */
const mostPages = 20;

const minuteMs = 60_000;
/** How long a worker uses names from its memory without looking at the cache. */
const memoryMs = 60 * minuteMs;
/** How long a listing is valid. Solutions are rarely renamed. */
const listingMs = 24 * 60 * minuteMs;
/**
 * Minimum age of a listing before an id that it lacks causes a new one. The solution may be new, or
 * belong to another partner.
 */
const relistingMs = 10 * minuteMs;

/**
 * Takes names from the memory of this worker, else from the shared cache, else from Partner
 * Central.
 */
export function solutionNames(options: SolutionNamesOptions): SolutionNames {
  const { cache, clock } = options;
  const memory = new Map<string, { readonly listing: SolutionListing; readonly untilMs: number }>();
  const underWay = new Map<string, Promise<SolutionListing>>();

  const remember = (catalog: string, listing: SolutionListing): SolutionListing => {
    memory.set(catalog, { listing, untilMs: clock.nowMs() + memoryMs });
    return listing;
  };
  const isYounger = ({ readAt }: SolutionListing, ms: number) => {
    const ageMs = clock.nowMs() - epochMsOf(readAt);
    // A listing from further in the future was edited by hand and would never expire.
    return -minuteMs < ageMs && ageMs < ms;
  };
  const suffices = (
    listing: SolutionListing | undefined,
    ids: readonly string[],
  ): listing is SolutionListing =>
    listing !== undefined &&
    (isYounger(listing, relistingMs) ||
      (isYounger(listing, listingMs) && ids.every((id) => listing.names.has(id))));

  const fromMemory = (catalog: string): SolutionListing | undefined => {
    const known = memory.get(catalog);
    return known && clock.nowMs() < known.untilMs ? known.listing : undefined;
  };
  const fromPartnerCentral = async (
    catalog: string,
    known: SolutionListing | undefined,
  ): Promise<SolutionListing> => {
    const readAt = instantOf(clock.nowMs());
    // A failure counts as a listing, for all workers: otherwise every opportunity would spend reads
    // on it.
    const names = (await tryReadNames(catalog, options)) ?? known?.names ?? new Map<string, string>();
    const listing = { names, readAt };
    // Only one of the workers that find an invalid listing replaces it.
    reportRepairedRow(`solutions ${catalog}`, await cache.write(catalog, listing), options);
    return listing;
  };
  const lookUp = async (catalog: string, ids: readonly string[]): Promise<SolutionListing> => {
    const cached = await cache.read(catalog);
    const known = cached && isYounger(cached, listingMs) ? cached : fromMemory(catalog);
    return remember(catalog, suffices(known, ids) ? known : await fromPartnerCentral(catalog, known));
  };
  const share = (catalog: string, look: () => Promise<SolutionListing>): Promise<SolutionListing> => {
    const looking = underWay.get(catalog) ?? look().finally(() => underWay.delete(catalog));
    underWay.set(catalog, looking);
    return looking;
  };

  return {
    async namesOf(catalog, ids) {
      let listing = fromMemory(catalog);
      // A listing that is under way may have been started for other ids: repeat until it serves
      // these.
      while (!suffices(listing, ids)) listing = await share(catalog, () => lookUp(catalog, ids));
      return pick(listing, ids);
    },
    async knownNamesOf(catalog, ids) {
      const inMemory = fromMemory(catalog);
      const known = suffices(inMemory, ids) ? inMemory : await cache.read(catalog);
      return suffices(known, ids) ? pick(known, ids) : undefined;
    },
  };
}

function pick({ names }: SolutionListing, ids: readonly string[]): ReadonlyMap<string, string> {
  return new Map([...names].filter(([id]) => ids.includes(id)));
}

/**
 * Reads all pages. Omits solutions without an id or a name. Returns undefined if the list fails in
 * any way: an opportunity does not wait for names of solutions.
 */
async function tryReadNames(
  catalog: string,
  { partnerCentral, log, metrics }: SolutionNamesOptions,
): Promise<ReadonlyMap<string, string> | undefined> {
  const names = new Map<string, string>();
  let pagesRead = 0;
  try {
    const pages = listPages('ListSolutions', mostPages, (nextToken) =>
      partnerCentral.listSolutions(catalog, nextToken),
    );
    for await (const { items } of pages) {
      pagesRead += 1;
      for (const solution of items) {
        const [id, name] = [textAt(solution, 'Id'), textAt(solution, 'Name')];
        if (id && name) names.set(id, name);
      }
    }
    return names;
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    metrics.count('SolutionListsFailed');
    if (isFailure(error, ...refusals)) metrics.count('ReadsRefused');
    log.warn('solutions.unlisted', { catalog, ...reasonOf(error) });
    // No read was spent, so the next opportunity may try again.
    if (error.code === 'quota.waiting' && pagesRead === 0) throw error;
    // What an endless list returned is true; after any other failure the names known before are.
    return error.code === 'partner-central.endless-list' ? names : undefined;
  }
}
