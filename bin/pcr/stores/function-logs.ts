import { paginateListStackResources } from '@aws-sdk/client-cloudformation';
import { CloudWatchLogsClient, paginateFilterLogEvents } from '@aws-sdk/client-cloudwatch-logs';
import pMap from 'p-map';
import { type Instant, instantOf } from '../../../lambdas/core/instant.ts';
import { isJsonObject, type JsonObject, textAt } from '../../../lambdas/core/json.ts';
import { tryParseJson } from '../../../lambdas/core/json-text.ts';
import { errorName } from '../../../lambdas/core/service-error.ts';
import { concurrency } from '../first-of.ts';
import type { Relay } from '../relay.ts';

/** A line that a function logged. */
export interface LogLine {
  readonly at: Instant;
  /** Name of the function. */
  readonly service: string;
  /** Such as `version.fanned-out`. */
  readonly event: string;
  /** Ids, counts and codes. */
  readonly fields: JsonObject;
}

export interface FoundLines {
  /** Oldest first. */
  readonly lines: readonly LogLine[];
  /** Why the logs, or some of them, could not be read. */
  readonly problem?: string;
}

/** Finds the log lines of all functions that contain one of these ids. */
export async function findLogLines(
  ids: readonly string[],
  since: Instant,
  relay: Pick<Relay, 'clients' | 'clientSettings' | 'stackName'>,
): Promise<FoundLines> {
  const client = new CloudWatchLogsClient(relay.clientSettings);
  // A term in quotation marks is searched for as it is, in any part of the line.
  const filterPattern = ids.map((id) => `?"${id}"`).join(' ');
  const readGroup = async (logGroupName: string): Promise<readonly LogLine[]> => {
    const query = { logGroupName, filterPattern, startTime: Date.parse(since) };
    const lines: LogLine[] = [];
    for await (const { events = [] } of paginateFilterLogEvents({ client }, query))
      lines.push(...events.flatMap(({ timestamp = 0, message = '' }) => lineIn(timestamp, message)));
    return lines;
  };
  try {
    const found = await pMap(await logGroups(relay), readGroup, { concurrency });
    return { lines: found.flat().toSorted((a, b) => (a.at < b.at ? -1 : 1)) };
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    return { lines: [], problem: `${errorName(error)}: ${text}` };
  }
}

async function logGroups({
  clients,
  stackName,
}: Pick<Relay, 'clients' | 'stackName'>): Promise<readonly string[]> {
  const names: string[] = [];
  const client = clients.cloudformation;
  const query = { StackName: stackName };
  for await (const { StackResourceSummaries = [] } of paginateListStackResources({ client }, query))
    for (const { ResourceType, PhysicalResourceId } of StackResourceSummaries)
      if (ResourceType === 'AWS::Logs::LogGroup' && PhysicalResourceId) names.push(PhysicalResourceId);
  return names;
}

/** Lambda's own lines, and access logs, are no lines of a function. */
function lineIn(timestamp: number, message: string): readonly LogLine[] {
  const line = tryParseJson(message);
  if (!isJsonObject(line)) return [];
  const { service: _, message: event, level: _level, timestamp: _at, ...fields } = line;
  const service = textAt(line, 'service');
  if (service === undefined || typeof event !== 'string') return [];
  return [{ at: instantOf(timestamp), service, event, fields }];
}
