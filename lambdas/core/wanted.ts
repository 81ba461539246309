import { type Endpoint, isInterested } from './endpoint.ts';
import { compilePattern } from './event-pattern.ts';
import { fullMessageBody } from './message.ts';
import type { Version } from './version.ts';

/** Whether an endpoint is sent a version: by its topics and catalogs, and by its filter on the whole message. */
export function isWanted(endpoint: Endpoint, version: Version): boolean {
  return isInterested(endpoint, version) && passesFilter(endpoint, version);
}

/** True of an endpoint without a filter. What is redacted for it is looked at all the same: it is left out of what is sent. */
function passesFilter({ filter }: Pick<Endpoint, 'filter'>, version: Version): boolean {
  return !filter || compilePattern(filter)(fullMessageBody(version));
}
