import { parseArgs } from 'node:util';
import {
  BatchGetItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  paginateQuery,
  type QueryCommandInput,
} from '@aws-sdk/client-dynamodb';
import * as v from 'valibot';
import type { Attributes } from '../../lambdas/adapters/dynamodb-attributes.ts';

/** One access pattern: a heading, the index, and the same query in three languages. */
export interface DocumentedQuery {
  readonly purpose: string;
  /** The index in the text. Undefined for the table itself. */
  readonly index: string | undefined;
  /** A command `aws dynamodb …`. */
  readonly command: string;
  /** A PartiQL statement. Table names are variables such as `$RECORDS_TABLE`. */
  readonly statement: string;
  readonly snippet: string;
}

export interface QueryGuide {
  /** The module that all snippets import. */
  readonly module: { readonly name: string; readonly text: string };
  readonly queries: readonly DocumentedQuery[];
}

/** @throws Error if there is no access pattern, or a code block outside of the patterns */
export function queryGuide(markdown: string): QueryGuide {
  const [, name, text] = /^```ts\n\/\/ ([\w-]+\.ts)\n(.+?)^```$/ms.exec(markdown) ?? [];
  if (name === undefined || text === undefined) throw new Error('There is no module for the snippets');
  const pattern =
    /^### ([^\n]+)\n\n(?:By|Index `(\w+)`)[ ,](?:(?!^```|^#).)*^```sh\n(.+?)^```\n\n```sql\n(.+?)^```\n\n```ts\n(.+?)^```$/gms;
  const queries = [...markdown.matchAll(pattern)].map(
    ([, purpose = '', index, command = '', statement = '', snippet = '']): DocumentedQuery => ({
      purpose,
      index,
      command,
      statement,
      snippet,
    }),
  );
  for (const [language, blocks] of [
    ['sh', queries.length],
    ['ts', queries.length + 1],
  ] as const) {
    const found = markdown.match(new RegExp(`^\`\`\`${language}$`, 'gm'))?.length ?? 0;
    if (queries.length === 0 || found !== blocks)
      throw new Error(`${found} blocks of ${language} for ${queries.length} patterns`);
  }
  return { module: { name, text }, queries };
}

/**
 * Splits a shell command into words. It supports quotes, continued lines and the given variables.
 */
export function shellWords(command: string, variables: Readonly<Record<string, string>>): readonly string[] {
  const joined = command.trim().replaceAll('\\\n', ' ');
  const word = /(?:'[^']*'|"(?:[^"\\]|\\.)*"|[^\s'"])+/g;
  return (joined.match(word) ?? []).map((text) =>
    text.replaceAll(
      /'([^']*)'|"((?:[^"\\]|\\.)*)"|\$(\w+)/g,
      (whole, single?: string, double?: string) =>
        single ?? substitute(double?.replaceAll('\\"', '"') ?? whole, variables),
    ),
  );
}

/** Replaces variables by their values. @throws Error for a variable without a value */
export function substitute(text: string, variables: Readonly<Record<string, string>>): string {
  return text.replaceAll(/\$(\w+)/g, (_whole, name: string) => {
    const value = variables[name];
    if (value === undefined) throw new Error(`$${name} is not set`);
    return value;
  });
}

const text = { type: 'string' } as const;
const flag = { type: 'boolean' } as const;
const strings = v.record(v.string(), v.strictObject({ S: v.string() }));
const names = v.optional(v.record(v.string(), v.string()));
const requests = v.record(v.string(), v.strictObject({ Keys: v.array(strings) }));

/**
 * Runs a command like the AWS CLI.
 * @throws TypeError for an unsupported option
 */
export async function runCommand(client: DynamoDBClient, words: readonly string[]): Promise<Attributes[]> {
  const [program, service, operation, ...args] = words;
  if (`${program} ${service}` !== 'aws dynamodb') throw new Error(`Unsupported program: ${words.join(' ')}`);
  if (operation === 'get-item') return getItem(client, args);
  if (operation === 'batch-get-item') return batchGetItem(client, args);
  if (operation === 'query') return queryAll(client, args);
  throw new Error(`Unsupported operation: ${operation}`);
}

async function getItem(client: DynamoDBClient, args: readonly string[]): Promise<Attributes[]> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      'table-name': text,
      'consistent-read': flag,
      key: text,
      'projection-expression': text,
      'expression-attribute-names': text,
    },
  });
  const { Item } = await client.send(
    new GetItemCommand({
      TableName: values['table-name'],
      ConsistentRead: values['consistent-read'],
      Key: v.parse(strings, JSON.parse(values.key ?? '')),
      ProjectionExpression: values['projection-expression'],
      ExpressionAttributeNames: v.parse(names, parseJson(values['expression-attribute-names'])),
    }),
  );
  return Item ? [Item] : [];
}

async function batchGetItem(client: DynamoDBClient, args: readonly string[]): Promise<Attributes[]> {
  const { values } = parseArgs({ args: [...args], options: { 'request-items': text } });
  const RequestItems = v.parse(requests, JSON.parse(values['request-items'] ?? ''));
  const { Responses = {} } = await client.send(new BatchGetItemCommand({ RequestItems }));
  return Object.values(Responses).flat();
}

/** Like the CLI, reads all pages and returns at most `--max-items` items. */
async function queryAll(client: DynamoDBClient, args: readonly string[]): Promise<Attributes[]> {
  const input = queryInput(args);
  const items: Attributes[] = [];
  for await (const { Items = [] } of paginateQuery({ client }, input.query)) items.push(...Items);
  return items.slice(0, input.maxItems);
}

function queryInput(args: readonly string[]): { query: QueryCommandInput; maxItems: number | undefined } {
  const { values } = parseArgs({
    args: [...args],
    options: {
      'table-name': text,
      'index-name': text,
      'key-condition-expression': text,
      'filter-expression': text,
      'projection-expression': text,
      'expression-attribute-names': text,
      'expression-attribute-values': text,
      'no-scan-index-forward': flag,
      'max-items': text,
    },
  });
  const query: QueryCommandInput = {
    TableName: values['table-name'],
    IndexName: values['index-name'],
    KeyConditionExpression: values['key-condition-expression'],
    FilterExpression: values['filter-expression'],
    ProjectionExpression: values['projection-expression'],
    ExpressionAttributeNames: v.parse(names, parseJson(values['expression-attribute-names'])),
    ExpressionAttributeValues: v.parse(strings, parseJson(values['expression-attribute-values'])),
    ScanIndexForward: !values['no-scan-index-forward'],
  };
  return { query, maxItems: values['max-items'] === undefined ? undefined : Number(values['max-items']) };
}

function parseJson(json: string | undefined): unknown {
  return json === undefined ? undefined : JSON.parse(json);
}
