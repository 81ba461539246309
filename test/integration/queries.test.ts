import { execFileSync } from 'node:child_process';
import { readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { ExecuteStatementCommand } from '@aws-sdk/client-dynamodb';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Attributes, fromAttributes } from '../../lambdas/adapters/dynamodb-attributes.ts';
import { recordTable, webhookTable } from '../../lambdas/core/tables.ts';
import { localCredentials } from '../../local/host/local-account.ts';
import { temporaryFolder } from '../infra/synthesized-stack.ts';
import { queryGuide, runCommand, shellWords, substitute } from './documented-queries.ts';
import { fillTables } from './queried-tables.ts';
import { useStackTables } from './stack-tables.ts';

const guide = queryGuide(readFileSync(new URL('../../docs/queries.md', import.meta.url), 'utf8'));
const { queries } = guide;

interface Expected {
  /** The attribute that identifies the items. */
  readonly by: string;
  /** In this order, unless the service guarantees no order. */
  readonly found: readonly string[];
  readonly unordered?: true;
}

const delivery = (number: number): string => `dlv_${String(number).padStart(32, '0')}`;

const opportunities = (...ids: readonly string[]) => ids.map((id) => `AWS/opportunity/${id}`);
const invitations = (...ids: readonly string[]) => ids.map((id) => `AWS/engagement-invitation/${id}`);

/** The result of each access pattern in the tables that `queried-tables.ts` fills. */
const expected: Readonly<Record<string, Expected>> = {
  'The current state of a record': { by: 'id', found: ['O1234567'] },
  'A record with its whole history': {
    by: 'sk',
    found: ['current', 'version#0000000001', 'version#0000000002', 'version#0000000003'],
  },
  'What happened to a record, newest first': {
    by: 'sk',
    found: ['version#0000000003', 'version#0000000002', 'version#0000000001'],
  },
  'One version of a record': { by: 'sk', found: ['version#0000000002'] },
  "An opportunity with AWS's side of it": {
    by: 'kind',
    found: ['aws-opportunity-summary', 'opportunity'],
    unordered: true,
  },
  'One member of a payload': { by: 'id', found: ['O1234567'] },
  'What changed since a point in time': { by: 'pk', found: opportunities('O1234567', 'O3000003') },
  'What changed between two points in time, newest first': {
    by: 'pk',
    found: opportunities('O1234567', 'O4000004', 'O2000002'),
  },
  'Opportunities for which AWS requests changes': { by: 'pk', found: opportunities('O4000004') },
  'Opportunities of a stage that should close by a date': {
    by: 'pk',
    found: opportunities('O4000004', 'O3000003'),
  },
  'Invitations that wait for an answer': {
    by: 'pk',
    found: invitations('engi-soon', 'engi-later', 'engi-undated'),
  },
  'Invitations that expire within a number of days': { by: 'pk', found: invitations('engi-soon') },
  'Opportunities of a customer': { by: 'pk', found: opportunities('O1234567', 'O2000002') },
  'Records of an engagement': {
    by: 'pk',
    found: [
      ...invitations('engi-accepted', 'engi-soon'),
      'AWS/engagement/eng-abcdefgh123456',
      ...opportunities('O4000004'),
    ],
  },
  'The opportunity with your own id': { by: 'pk', found: opportunities('O3000003') },
  'What changed across all opportunities on a day': {
    by: 'pk',
    found: opportunities('O1234567', 'O1234567', 'O1234567', 'O2000002', 'O3000003', 'O4000004', 'O4000004'),
  },
  'Versions that are not fanned out yet': { by: 'topics', found: ['opportunity.created'] },
  'Items that were edited by hand and are set aside': {
    by: 'pk',
    found: ['AWS/engagement-invitation/engi-undated'],
  },
  'Deliveries to an endpoint, newest first': { by: 'id', found: [3, 2, 1].map(delivery) },
  'Exhausted deliveries of an endpoint': { by: 'id', found: [delivery(2)] },
  'A delivery with its attempts': { by: 'id', found: [delivery(1)] },
  'Deliveries that are due': { by: 'pk', found: [`delivery#${delivery(3)}`] },
  Endpoints: { by: 'id', found: ['ep_crm', 'ep_data'] },
  'Reads of Partner Central by the hour': { by: 'sk', found: ['reads'] },
  "How far AWS's lists have been compared": { by: 'sk', found: ['AWS/engagements', 'AWS/opportunities'] },
  'Unknown detail-types': { by: 'sk', found: ['Opportunity Archived'] },
};

const tables = useStackTables();

beforeAll(() => fillTables(tables));

const words = (command: string) => shellWords(command, tables.names);

describe('the query guide', () => {
  it('has a query for every table and every index', () => {
    const indexes = [...Object.keys(recordTable.indexes), ...Object.keys(webhookTable.indexes)];
    expect(new Set(queries.map(({ index }) => index))).toEqual(new Set([undefined, ...indexes]));
    for (const variable of Object.keys(tables.names))
      expect(queries.some(({ statement }) => statement.includes(`"$${variable}"`))).toBe(true);
  });

  it('has exactly the access patterns that this test expects', () => {
    expect(queries.map(({ purpose }) => purpose)).toEqual(Object.keys(expected));
  });

  it.each(queries)('$purpose: uses the named index in all three languages', (query) => {
    const { index, command, statement, snippet } = query;
    expect(/--index-name (\w+)/.exec(command)?.[1]).toBe(index);
    expect(/FROM "\$\w+"(?:\."(\w+)")?/.exec(statement)?.[1]).toBe(index);
    expect(/IndexName: '(\w+)'/.exec(snippet)?.[1]).toBe(index);
  });

  it('has both examples of the README', () => {
    const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
    const [, section = ''] = readme.split('\n## Query the data\n');
    const [, command = ''] = /```sh\n# [^\n]*\n(.+?)```/s.exec(section) ?? [];
    const [, statement = ''] = /```sql\n-- [^\n]*\n(.+?)```/s.exec(section) ?? [];
    expect(queries.map((query) => words(query.command))).toContainEqual(words(command));
    expect(queries.map((query) => query.statement)).toContain(statement);
  });

  it('is refused without a pattern or with a missing language', () => {
    const module = '```ts\n// a.ts\nexport {};\n```\n';
    const pattern = '### All\n\nBy key.\n\n```sh\na\n```\n\n```sql\nb\n```\n\n```ts\nc\n```\n';
    expect(queryGuide(module + pattern).queries).toHaveLength(1);
    expect(() => queryGuide('# Query the data\n')).toThrow('There is no module');
    expect(() => queryGuide(module)).toThrow('0 blocks of sh for 0 patterns');
    expect(() => queryGuide(`${module}${pattern}### One\n\nBy key.\n\n\`\`\`sh\na\n\`\`\`\n`)).toThrow(
      '2 blocks of sh for 1 patterns',
    );
  });
});

const expectedOf = (purpose: string): Expected => expected[purpose] ?? { by: 'id', found: [] };

function found(purpose: string, items: readonly Attributes[] = []): readonly string[] {
  const { by, unordered } = expectedOf(purpose);
  const names = items.map((item) => String(fromAttributes(item)[by]));
  return unordered ? names.toSorted() : names;
}

describe('the result of a query', () => {
  it.each(queries)('$purpose, by the AWS CLI', async ({ purpose, command }) => {
    const items = await runCommand(tables.client(), words(command));
    expect(found(purpose, items)).toEqual(expectedOf(purpose).found);
  });

  it.each(queries)('$purpose, by PartiQL', async ({ purpose, statement }) => {
    const select = new ExecuteStatementCommand({ Statement: substitute(statement, tables.names) });
    const { Items } = await tables.client().send(select);
    const names = expectedOf(purpose).found;
    // The embedded engines do not support ORDER BY, so the oldest comes first.
    expect(found(purpose, Items)).toEqual(purpose.endsWith('newest first') ? names.toReversed() : names);
  });
});

describe('the TypeScript of the guide', () => {
  const folder = temporaryFolder();
  const scripts = queries.map(({ snippet }, index) => ({ file: `snippet-${index}.ts`, text: snippet }));

  beforeAll(() => {
    symlinkSync(resolve('node_modules'), join(folder, 'node_modules'));
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ type: 'module' }));
    for (const { file, text } of [...scripts, { file: guide.module.name, text: guide.module.text }])
      writeFileSync(join(folder, file), text);
  });

  it('compiles in strict mode', () => {
    const compilerOptions = { typeRoots: [resolve('node_modules/@types')] };
    const tsconfig = { extends: resolve('tsconfig.json'), include: ['*.ts'], compilerOptions };
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(tsconfig));
    const compile = () =>
      execFileSync(resolve('node_modules/.bin/tsc'), ['--noEmit', '--project', folder], { stdio: 'pipe' });
    expect(compile).not.toThrow();
  });

  const run = (script: string) => {
    writeFileSync(join(folder, 'all.ts'), script);
    const { accessKeyId, secretAccessKey } = localCredentials;
    const env = {
      ...process.env,
      ...tables.names,
      AWS_ENDPOINT_URL_DYNAMODB: tables.endpoint(),
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
    };
    // The output of the script is what the tests compare.
    return execFileSync(process.execPath, [join(folder, 'all.ts')], { env, encoding: 'utf8' });
  };

  it('reads content in parts', () => {
    const printed = run(`
      import { get, recordsTable } from './${guide.module.name}';
      const version = { pk: 'Sandbox/opportunity/O9000009', sk: 'version#0000000002' };
      const { payload, changes } = await get(recordsTable, version);
      const { after } = changes.find(({ path }) => path === '/Notes');
      console.log(payload.Notes.length, payload.Notes === after);
    `);
    expect(printed).toBe('500000 true\n');
  });

  it('finds the same items and prints their ids first', () => {
    const marks = scripts.map(({ file }) => `console.log('--'); await import('./${file}');`);
    const printed = run(marks.join('\n'));
    const outputs = printed.split(/^--$/m).slice(1);
    const labels = queries.map(({ purpose }, index) => {
      const lines = (outputs[index] ?? '').split('\n').filter((line) => line !== '');
      const { found: names, unordered } = expectedOf(purpose);
      const begins = lines.map(
        (line) => names.find((name) => line === name || line.startsWith(`${name} `)) ?? line,
      );
      return [purpose, unordered ? begins.toSorted() : begins];
    });
    const wanted = queries.map(({ purpose }) => [purpose, expectedOf(purpose).found]);
    expect(labels).toEqual(wanted);
  });
});
