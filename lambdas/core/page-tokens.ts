import { ServiceError } from './service-error.ts';

/**
 * Checks the tokens of a list that is read in one go.
 * @param maxPages far more pages than the list can have.
 * @returns a function to call with each page's token: returns whether there is another page.
 * @throws ServiceError `partner-central.endless-list` (never), from the returned function, if a
 *   token is repeated or the list has more pages than that.
 */
export function tokenGuard(operation: string, maxPages: number): (token: string | undefined) => boolean {
  const seen = new Set<string>();
  return (token) => {
    if (token === undefined) return false;
    if (seen.has(token) || seen.size + 1 >= maxPages) throw endlessList(operation, seen.size + 1);
    seen.add(token);
    return true;
  };
}

export function endlessList(operation: string, pages: number): ServiceError {
  return new ServiceError('partner-central.endless-list', { operation, pages });
}
