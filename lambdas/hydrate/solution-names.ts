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
/** How long a worker trusts its own memory, in which a name that was changed elsewhere stays the old one. */
const memoryMs = 60 * minuteMs;
/** How long names stand: a solution is hardly ever renamed. */
const listingMs = 24 * 60 * minuteMs;
/** How soon a list may be asked for again, for an id that it lacks: a solution may be new, or another partner's for ever. */
const relistingMs = 10 * minuteMs;

/** Names from the memory of this worker, else from the cache of all, else from Partner Central. */
export function solutionNames({ cache, partnerCentral, clock }: SolutionNamesOptions): SolutionNames {
  const remembered = new Map<string, { readonly listing: SolutionListing; readonly untilMs: number }>();
  const underWay = new Map<string, Promise<SolutionListing>>();

  const remember = (catalog: string, listing: SolutionListing): SolutionListing => {
    remembered.set(catalog, { listing, untilMs: clock.nowMs() + memoryMs });
    return listing;
  };
  const isYounger = ({ readAt }: SolutionListing, ms: number) => {
    const ageMs = clock.nowMs() - epochMsOf(readAt);
    // No worker's clock is ahead by more: somebody wrote it by hand, and it would stand for ever.
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
    const memory = remembered.get(catalog);
    return memory && clock.nowMs() < memory.untilMs ? memory.listing : undefined;
  };
  const fromPartnerCentral = async (
    catalog: string,
    known: SolutionListing | undefined,
  ): Promise<SolutionListing> => {
    const readAt = instantOf(clock.nowMs());
    const names = await namesOrNothing(() => listedNames(catalog, partnerCentral));
    // No names are an answer, too: to ask again for every opportunity would spend reads on nothing.
    if (!names) return { names: known?.names ?? new Map(), readAt };
    const listing = { names, readAt };
    await cache.write(catalog, listing);
    return listing;
  };
  const looked = async (catalog: string, ids: readonly string[]): Promise<SolutionListing> => {
    const cached = await cache.read(catalog);
    const known = cached && isYounger(cached, listingMs) ? cached : fromMemory(catalog);
    return remember(catalog, suffices(known, ids) ? known : await fromPartnerCentral(catalog, known));
  };
  const sharing = (catalog: string, look: () => Promise<SolutionListing>): Promise<SolutionListing> => {
    const looking = underWay.get(catalog) ?? look().finally(() => underWay.delete(catalog));
    underWay.set(catalog, looking);
    return looking;
  };

  return {
    async namesOf(catalog, ids) {
      let listing = fromMemory(catalog);
      // Who looked first looked for other ids; whoever is not served by that looks next.
      while (!suffices(listing, ids)) listing = await sharing(catalog, () => looked(catalog, ids));
      const { names } = listing;
      return new Map([...names].filter(([id]) => ids.includes(id)));
    },
  };
}

/** Nothing where the list is refused, or fails: an opportunity does not wait for the names of its solutions. */
async function namesOrNothing<Names>(list: () => Promise<Names>): Promise<Names | undefined> {
  try {
    const read = await readOrRefusal(list);
    return 'answer' in read ? read.answer : undefined;
  } catch (error) {
    if (isFailure(error, 'partner-central.unavailable')) return undefined;
    throw error;
  }
}

/** All pages. What has no id or no name is left out. */
async function listedNames(
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
