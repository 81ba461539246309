import { type Endpoint, isInterested } from './endpoint.ts';
import { compilePattern, filterOptions } from './event-pattern.ts';
import { fullMessageBody } from './message.ts';
import type { Version } from './version.ts';

/**
 * Whether an endpoint wants a version: by topics, catalogs, and its filter on the whole message.
 */
export function isWanted(endpoint: Endpoint, version: Version): boolean {
  return isInterested(endpoint, version) && passesFilter(endpoint, version);
}

/**
 * The filter sees the whole message, including what is redacted for the endpoint when the message
 * is sent.
 */
function passesFilter({ filter }: Pick<Endpoint, 'filter'>, version: Version): boolean {
  return !filter || compilePattern(filter, filterOptions)(fullMessageBody(version));
}
