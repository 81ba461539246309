import type { JsonObject } from '../core/json.ts';
import type { OpportunityEvent } from '../core/partner-event.ts';
import type { RecordKey } from '../core/record.ts';
import { relatedIds } from '../core/related-ids.ts';
import { ServiceError } from '../core/service-error.ts';
import type { Observation, Solution } from '../core/version.ts';
import type { SolutionNames } from '../ports/solution-names.ts';
import { readOrRefusal } from '../records/read-or-refusal.ts';
import type { HydrateDeps } from './hydrate-deps.ts';
import { retryIfFresh } from './read.ts';

export interface ReadOpportunityDeps extends HydrateDeps {
  readonly solutions: SolutionNames;
}

/** What a read returned of an opportunity or of its summary. */
export type ReadContent = Pick<Observation, 'payload' | 'solutions' | 'owner'>;

/** Reads an opportunity, with the names of its solutions. */
export async function readOpportunity(
  { catalog, id }: RecordKey,
  events: readonly OpportunityEvent[],
  deps: ReadOpportunityDeps,
): Promise<ReadContent> {
  const read = await readOrRefusal(() => deps.partnerCentral.getOpportunity(catalog, id));
  if ('answer' in read)
    return { payload: read.answer, solutions: await nameSolutions(catalog, read.answer, deps) };
  const creations = events.filter(({ detailType }) => detailType !== 'Opportunity Updated');
  throw retryIfFresh(read.refusal, creations, deps);
}

/** Returns the solutions that the payload refers to, with their names if they are known. */
async function nameSolutions(
  catalog: string,
  payload: JsonObject,
  { solutions }: ReadOpportunityDeps,
): Promise<Solution[]> {
  const ids = relatedIds(payload, 'Solutions');
  if (ids.length === 0) return [];
  const names = await namesIfKnown(() => solutions.namesOf(catalog, ids));
  return ids.map((id) => ({ id, name: names.get(id) }));
}

/** Returns undefined if the name of a solution would have to be read. */
export async function nameKnownSolutions(
  catalog: string,
  payload: JsonObject,
  { solutions }: ReadOpportunityDeps,
): Promise<Solution[] | undefined> {
  const ids = relatedIds(payload, 'Solutions');
  if (ids.length === 0) return [];
  const names = await solutions.knownNamesOf(catalog, ids);
  return names && ids.map((id) => ({ id, name: names.get(id) }));
}

/** Returns undefined if there is no summary: AWS may make it some time after the submission. */
export async function readSummary(
  { catalog, id }: RecordKey,
  owner: RecordKey,
  { partnerCentral }: HydrateDeps,
): Promise<ReadContent | undefined> {
  const read = await readOrRefusal(() => partnerCentral.getAwsOpportunitySummary(catalog, id));
  if ('answer' in read) return { payload: read.answer, owner };
  if (read.refusal.code === 'partner-central.not-found') return undefined;
  throw read.refusal;
}

/** Names are optional: no failure to get them keeps an opportunity from being stored. */
async function namesIfKnown(
  look: () => Promise<ReadonlyMap<string, string>>,
): Promise<ReadonlyMap<string, string>> {
  try {
    return await look();
  } catch (error) {
    if (error instanceof ServiceError) return new Map();
    throw error;
  }
}
