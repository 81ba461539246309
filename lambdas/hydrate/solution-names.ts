import { epochMsOf, instantOf } from '../core/instant.ts';
import { textAt } from '../core/json.ts';
import { isFailure } from '../core/service-error.ts';
import type { Clock } from '../ports/clock.ts';
import type { PartnerCentral } from '../ports/partner-central.ts';
import type { SolutionCache, SolutionListing } from '../ports/solution-cache.ts';
import type { SolutionNames } from '../ports/solution-names.ts';
import { readOrRefusal } from './read.ts';

export interface SolutionNamesOptions {
  readonly cache: SolutionCache;
  readonly partnerCentral: Pick<PartnerCentral, 'listSolutions'>;
  readonly clock: Clock;
}

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
export function solutionNames({ cache, partnerCentral, clock }: SolutionNamesOptions): SolutionNames {
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
    const names = await tryReadNames(() => readNames(catalog, partnerCentral));
    // A refusal counts as a listing: otherwise every opportunity would spend a read on it.
    if (!names) return { names: known?.names ?? new Map(), readAt };
    const listing = { names, readAt };
    await cache.write(catalog, listing);
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
      const { names } = listing;
      return new Map([...names].filter(([id]) => ids.includes(id)));
    },
  };
}

/**
 * Returns undefined if the list is refused or fails: an opportunity does not wait for names of
 * solutions.
 */
async function tryReadNames<Names>(list: () => Promise<Names>): Promise<Names | undefined> {
  try {
    const read = await readOrRefusal(list);
    return 'answer' in read ? read.answer : undefined;
  } catch (error) {
    if (isFailure(error, 'partner-central.unavailable')) return undefined;
    throw error;
  }
}

/** Reads all pages. Omits solutions without an id or a name. */
async function readNames(
  catalog: string,
  partnerCentral: SolutionNamesOptions['partnerCentral'],
): Promise<ReadonlyMap<string, string>> {
  const names = new Map<string, string>();
  let nextToken: string | undefined;
  do {
    const page = await partnerCentral.listSolutions(catalog, nextToken);
    for (const solution of page.items) {
      const [id, name] = [textAt(solution, 'Id'), textAt(solution, 'Name')];
      if (id && name) names.set(id, name);
    }
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
  return names;
}
