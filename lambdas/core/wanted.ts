import { type Endpoint, isInterested } from './endpoint.ts';
import { compilePattern, filterOptions } from './event-pattern.ts';
import { fullMessageBody } from './message.ts';
import { echoFor, type Version } from './version.ts';

/**
 * Whether an endpoint wants a version: by topics, catalogs, its client, and its filter on the whole
 * message. An echo that it omits is not sent by itself, but a replay sends it.
 */
export function isWanted(endpoint: Endpoint, version: Version): boolean {
  const { client } = endpoint;
  const isOfOther =
    client !== undefined && version.kind === 'command' && version.payload['client'] !== client;
  return !isOfOther && isInterested(endpoint, version) && passesFilter(endpoint, version);
}

/** Whether the payload of a version is needed to decide whether an endpoint wants it. */
export function needsContent({ filter, client }: Endpoint, { kind }: Pick<Version, 'kind'>): boolean {
  return filter !== undefined || (client !== undefined && kind === 'command');
}

/** Whether a version is an echo that the endpoint does not want to be sent. */
export function isOmitted({ client, echo }: Endpoint, version: Pick<Version, 'echoes'>): boolean {
  return echo === 'omit' && echoFor(version, client) !== undefined;
}

/**
 * The filter sees the whole message, including what is redacted for the endpoint when the message
 * is sent.
 */
function passesFilter({ filter, client }: Endpoint, version: Version): boolean {
  return !filter || compilePattern(filter, filterOptions)(fullMessageBody(version, client));
}
