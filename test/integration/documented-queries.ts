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

/** One access pattern: a heading, what it goes by, then the same question in three languages. */
export interface DocumentedQuery {
  readonly purpose: string;
  /** What the text says that it goes by; undefined for the table itself. */
  readonly index: string | undefined;
  /** `aws dynamodb …` as a person would paste it. */
  readonly command: string;
  /** Names a table by its variable, such as `$RECORDS_TABLE`. */
  readonly statement: string;
  readonly snippet: string;
}

export interface QueryGuide {
  /** The module that the snippets share: its name and its text. */
  readonly module: { readonly name: string; readonly text: string };
  readonly queries: readonly DocumentedQuery[];
}

/** @throws Error where it holds no pattern, or a block of code that is no part of one */
export function queryGuide(markdown: string): QueryGuide {
  const [, name, text] = /^```ts\n\/\/ ([\w-]+\.ts)\n(.+?)^```$/ms.exec(markdown) ?? [];
  if (name === undefined || text === undefined) throw new Error('there is no module for the snippets');
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

/** The words of one shell command: quotes, line ends behind a backslash, and the variables given. */
export function shellWords(command: string, variables: Readonly<Record<string, string>>): readonly string[] {
  const joined = command.trim().replaceAll('\\\n', ' ');
  const word = /(?:'[^']*'|"(?:[^"\\]|\\.)*"|[^\s'"])+/g;
  return (joined.match(word) ?? []).map((text) =>
    text.replaceAll(
      /'([^']*)'|"((?:[^"\\]|\\.)*)"|\$(\w+)/g,
      (whole, single?: string, double?: string) =>
        single ?? substituted(double?.replaceAll('\\"', '"') ?? whole, variables),
    ),
  );
}

/** @throws Error for a variable that is not given */
export function substituted(text: string, variables: Readonly<Record<string, string>>): string {
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
 * Does what the AWS CLI does with a command.
 * @throws TypeError for an option that is not known here
 */
export async function runCommand(client: DynamoDBClient, words: readonly string[]): Promise<Attributes[]> {
  const [program, service, operation, ...args] = words;
  if (`${program} ${service}` !== 'aws dynamodb') throw new Error(`no such program: ${words.join(' ')}`);
  if (operation === 'get-item') return getItem(client, args);
  if (operation === 'batch-get-item') return batchGetItem(client, args);
  if (operation === 'query') return queryAll(client, args);
  throw new Error(`no operation that is known here: ${operation}`);
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
      ExpressionAttributeNames: v.parse(names, parsed(values['expression-attribute-names'])),
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

/** The CLI reads page after page, and gives up to `--max-items` of what it finds. */
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
    ExpressionAttributeNames: v.parse(names, parsed(values['expression-attribute-names'])),
    ExpressionAttributeValues: v.parse(strings, parsed(values['expression-attribute-values'])),
    ScanIndexForward: !values['no-scan-index-forward'],
  };
  return { query, maxItems: values['max-items'] === undefined ? undefined : Number(values['max-items']) };
}

function parsed(json: string | undefined): unknown {
  return json === undefined ? undefined : JSON.parse(json);
}
