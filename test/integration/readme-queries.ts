import { parseArgs } from 'node:util';
import type { QueryCommandInput } from '@aws-sdk/client-dynamodb';
import * as v from 'valibot';

/** One access pattern of the README: `**purpose**`, then a command of the AWS CLI, then a PartiQL statement. */
export interface DocumentedQuery {
  readonly purpose: string;
  /** `aws dynamodb query …` as a person would paste it. */
  readonly command: string;
  /** Names the table `$RECORDS_TABLE`. */
  readonly statement: string;
}

/** @throws Error where the section is missing, or holds a command or a statement that is no part of a pattern */
export function documentedQueries(readme: string): readonly DocumentedQuery[] {
  const [, section] = /^## Query the data\n(.*?)(?=^## |(?![\s\S]))/ms.exec(readme) ?? [];
  if (section === undefined) throw new Error('there is no section "Query the data"');
  const pattern = /^\*\*(.+?)\*\*[^`]*^```sh\n(.+?)^```\n\n```sql\n(.+?)^```$/gms;
  const queries = [...section.matchAll(pattern)].map(
    ([, purpose = '', command = '', statement = '']): DocumentedQuery => ({ purpose, command, statement }),
  );
  const blocks = section.match(/^```\w+$/gm) ?? [];
  if (queries.length === 0 || blocks.length !== 2 * queries.length)
    throw new Error(`${blocks.length} blocks of code make ${queries.length} patterns of two blocks each`);
  return queries;
}

/** The words of one shell command: quotes, line ends behind a backslash, and the variables given. */
export function shellWords(command: string, variables: Readonly<Record<string, string>>): readonly string[] {
  const joined = command.trim().replaceAll('\\\n', ' ');
  const word = /(?:'[^']*'|"[^"]*"|[^\s'"])+/g;
  return (joined.match(word) ?? []).map((text) =>
    text.replaceAll(
      /'([^']*)'|"([^"]*)"|\$(\w+)/g,
      (whole, single?: string, double?: string) => single ?? substituted(double ?? whole, variables),
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

const attributeValues = v.record(v.string(), v.strictObject({ S: v.string() }));
const attributeNames = v.record(v.string(), v.string());

/** What the AWS CLI would ask DynamoDB for. @throws TypeError for an option that is not known here */
export function queryInput(words: readonly string[]): QueryCommandInput {
  const [aws, dynamodb, query, ...args] = words;
  if (`${aws} ${dynamodb} ${query}` !== 'aws dynamodb query') throw new Error(`no query: ${words.join(' ')}`);
  const { values } = parseArgs({
    args,
    options: {
      'table-name': { type: 'string' },
      'index-name': { type: 'string' },
      'key-condition-expression': { type: 'string' },
      'expression-attribute-names': { type: 'string' },
      'expression-attribute-values': { type: 'string' },
    },
  });
  const names = values['expression-attribute-names'];
  return {
    TableName: values['table-name'],
    IndexName: values['index-name'],
    KeyConditionExpression: values['key-condition-expression'],
    ExpressionAttributeNames: names === undefined ? undefined : v.parse(attributeNames, JSON.parse(names)),
    ExpressionAttributeValues: v.parse(
      attributeValues,
      JSON.parse(values['expression-attribute-values'] ?? ''),
    ),
  };
}
