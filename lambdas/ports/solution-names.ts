/**
 * Names of the partner's solutions from ListSolutions, cached for all workers. If ListSolutions
 * fails, only the names of an earlier list are known.
 * @throws ServiceError `store.unavailable`, `quota.waiting` (later).
 */
export interface SolutionNames {
  /** Returns names by solution id. Omits ids that Partner Central does not list. */
  namesOf(catalog: string, ids: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** Returns what `namesOf` returns, or undefined if that would call Partner Central. */
  knownNamesOf(catalog: string, ids: readonly string[]): Promise<ReadonlyMap<string, string> | undefined>;
}
