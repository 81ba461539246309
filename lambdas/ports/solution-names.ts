/**
 * Names of the partner's solutions, as ListSolutions tells them, remembered for all workers.
 * A refusal of ListSolutions means that no name is known.
 * @throws ServiceError `store.unavailable`, `partner-central.throttled`, `.unavailable`, `quota.waiting` (later).
 */
export interface SolutionNames {
  /** By solution id. An id that Partner Central does not list has no name here. */
  namesOf(catalog: string, ids: readonly string[]): Promise<ReadonlyMap<string, string>>;
}
