import { tokenGuard } from '../core/page-tokens.ts';
import type { Page } from '../ports/partner-central.ts';

/**
 * Reads the pages of a list one after the other.
 * @throws ServiceError what `read` throws; `partner-central.endless-list` (never).
 */
export async function* listPages(
  operation: string,
  maxPages: number,
  read: (nextToken: string | undefined) => Promise<Page>,
): AsyncGenerator<Page> {
  const hasNext = tokenGuard(operation, maxPages);
  let nextToken: string | undefined;
  do {
    const page = await read(nextToken);
    yield page;
    nextToken = page.nextToken;
  } while (hasNext(nextToken));
}
