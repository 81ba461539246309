import {
  type DynamoDBClient,
  QueryCommand,
  type QueryCommandInput,
  ScanCommand,
  type ScanCommandInput,
} from '@aws-sdk/client-dynamodb';
import { ServiceError } from '../core/service-error.ts';
import type { Attributes } from './dynamodb-attributes.ts';

/**
 * Reads a query page by page.
 * @throws ServiceError `store.unavailable` (later) if a page repeats.
 */
export function queryPages(client: DynamoDBClient, input: QueryCommandInput): AsyncIterable<Attributes[]> {
  return pages('query', (ExclusiveStartKey) =>
    client.send(new QueryCommand({ ...input, ExclusiveStartKey })),
  );
}

/**
 * Reads a whole table page by page.
 * @throws ServiceError `store.unavailable` (later) if a page repeats.
 */
export function scanPages(client: DynamoDBClient, input: ScanCommandInput): AsyncIterable<Attributes[]> {
  return pages('scan', (ExclusiveStartKey) => client.send(new ScanCommand({ ...input, ExclusiveStartKey })));
}

interface Page {
  readonly Items?: Attributes[] | undefined;
  readonly LastEvaluatedKey?: Attributes | undefined;
}

/** Each key continues after the one before, so a list of distinct keys ends with the table. */
async function* pages(
  operation: string,
  read: (start: Attributes | undefined) => Promise<Page>,
): AsyncIterable<Attributes[]> {
  const seen = new Set<string>();
  let start: Attributes | undefined;
  do {
    const { Items = [], LastEvaluatedKey }: Page = await read(start);
    yield Items;
    start = LastEvaluatedKey;
    const key = Object.values(start ?? {})
      .map((value) => value.S)
      .join('\n');
    if (start && seen.has(key))
      throw new ServiceError('store.unavailable', { operation, error: 'RepeatedPage' });
    seen.add(key);
  } while (start);
}
