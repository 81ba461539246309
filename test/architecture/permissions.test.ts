import { describe, expect, it } from 'vitest';
import { bundles } from '../../lambdas/build.ts';
import type { Contract } from '../../lambdas/runtime/contract.ts';
import { findAdapterCalls, findImportedOperations } from './adapter-calls.ts';
import { type FunctionCall, findFunctionCalls } from './function-calls.ts';
import { parseSource, readSourceFiles, type SourceFile } from './source-files.ts';

const files = readSourceFiles('lambdas');

/** Names in contracts of the resource behind each environment variable, and of its indexes. */
const resources: Readonly<Record<string, string>> = {
  RECORDS_TABLE_NAME: 'records',
  WEBHOOKS_TABLE_NAME: 'webhooks',
  CONTROL_TABLE_NAME: 'control',
  OPPORTUNITY_QUEUE_URL: 'opportunityQueue',
  INVITATION_QUEUE_URL: 'invitationQueue',
  ENGAGEMENT_QUEUE_URL: 'engagementQueue',
  QUEUE_URL: 'queue',
  KEPT_QUEUE_URL: 'keptQueue',
  PARKED_QUEUE_URL: 'parkedQueue',
  DELIVERY_QUEUE_URL: 'deliveryQueue',
  FAN_OUT_QUEUE_URL: 'fanOutQueue',
  ACT_QUEUE_URL: 'actQueue',
  CLIENT_SECRET_NAME_PREFIX: 'secrets',
};
const indexes: Readonly<Record<string, string>> = {
  RECORDS_TABLE_NAME: 'recordIndexes',
  WEBHOOKS_TABLE_NAME: 'webhookIndexes',
};
/** Names in contracts of resources without an environment variable. */
const unnamed: Readonly<Record<string, string>> = {
  'dynamodb:DescribeContinuousBackups': 'exportedTable',
  'dynamodb:ExportTableToPointInTime': 'exportedTable',
  'dynamodb:DescribeExport': 'tableExports',
  'secretsmanager:GetSecretValue': 'secrets',
  'events:PutEvents': 'eventBuses',
  'partnercentral:GetOpportunity': 'opportunities',
  'partnercentral:GetAwsOpportunitySummary': 'opportunities',
  'partnercentral:GetEngagementInvitation': 'invitations',
  'partnercentral:GetEngagement': 'engagements',
  'partnercentral:ListEngagementMembers': 'engagements',
  'partnercentral:ListSolutions': 'lists',
  'partnercentral:ListEngagementByAcceptingInvitationTasks': 'lists',
  'partnercentral:ListOpportunityFromEngagementTasks': 'lists',
  'partnercentral:ListOpportunities': 'lists',
  'partnercentral:ListEngagementInvitations': 'lists',
  'partnercentral:ListEngagements': 'lists',
  'partnercentral:AcceptEngagementInvitation': 'leadAcceptances',
  'partnercentral:StartOpportunityFromEngagementTask': 'conversions',
  'partnercentral:UpdateEngagementContext': 'contextUpdates',
  'partnercentral:AssignOpportunity': 'assignments',
  'partnercentral:AssociateOpportunity': 'associations',
  'partnercentral:DisassociateOpportunity': 'removals',
  'partnercentral:UpdateOpportunity': 'updates',
  'partnercentral:RejectEngagementInvitation': 'rejections',
  'partnercentral:CreateOpportunity': 'creations',
  'partnercentral:ListEngagementFromOpportunityTasks': 'lists',
  'partnercentral:StartEngagementByAcceptingInvitationTask': 'acceptances',
  'partnercentral:StartEngagementFromOpportunityTask': 'submissions',
};

/** `dynamodb:GetItem on records` */
function describeCall({ action, variable, onIndex }: FunctionCall): string {
  const resource = variable === undefined ? unnamed[action] : (onIndex ? indexes : resources)[variable];
  return `${action} on ${resource ?? `the resource of ${variable ?? 'no variable'}`}`;
}

function calledBy(among: readonly SourceFile[], handler: string): string[] {
  return [...new Set(findFunctionCalls(among, handler).map(describeCall))].toSorted();
}

function describeActions(actions: Contract['actions']): string[] {
  return Object.entries(actions)
    .flatMap(([resource, names]) => names.map((action) => `${action} on ${resource}`))
    .toSorted();
}

it.each(bundles)(
  '$contract.name declares exactly the actions that its adapters call',
  ({ contract, entry }) => {
    const called = calledBy(files, `lambdas/${entry}`);
    expect(called).not.toEqual([]);
    expect(describeActions(contract.actions)).toEqual(called);
  },
);

it('only adapters create commands of AWS clients', () => {
  const makers = files.filter((file) => findImportedOperations(file).size > 0).map(({ path }) => path);
  expect(makers).not.toEqual([]);
  expect(makers.filter((path) => !path.startsWith('lambdas/adapters/'))).toEqual([]);
});

describe('findAdapterCalls', () => {
  const adapter = parseSource(
    'lambdas/adapters/made-up.ts',
    `import { GetItemCommand as Get, paginateQuery, TransactWriteItemsCommand } from '@aws-sdk/client-dynamodb';
    import { ring } from './beside.ts';
    export function madeUpStore(client, TableName) {
      const get = (Key) => client.send(new Get({ TableName, Key }));
      const parts = (item) => [{ Put: item }, { ConditionCheck: item }];
      return {
        async find(key) { return get(key); },
        all: () => paginateQuery({ client }, { TableName }),
        due: () => paginateQuery({ client }, { TableName, IndexName: 'due' }),
        both: (item) => client.send(new TransactWriteItemsCommand({ TransactItems: parts(item) })),
        call: () => ring(client),
        nothing: () => 1,
      };
    }
    export function madeUpClient() { return new Client(); }`,
  );
  const beside = parseSource(
    'lambdas/adapters/beside.ts',
    `import { SendMessageBatchCommand } from '@aws-sdk/client-sqs';
    export const ring = (client) => send(client);
    function send(client) { return client.send(new SendMessageBatchCommand({})); }`,
  );
  const callsOf = (factory: string) => findAdapterCalls([adapter, beside], adapter.path, factory);

  it('finds every operation of each method, by its name in IAM', () => {
    const calls = [...callsOf('madeUpStore')].map(([method, made]) => [
      method,
      made.map(({ action, onIndex }) => `${action}${onIndex ? ' on an index' : ''}`),
    ]);
    expect(Object.fromEntries(calls)).toEqual({
      find: ['dynamodb:GetItem'],
      all: ['dynamodb:Query'],
      due: ['dynamodb:Query on an index'],
      both: ['dynamodb:PutItem', 'dynamodb:ConditionCheckItem'],
      call: ['sqs:SendMessage'],
      nothing: [],
    });
  });

  it('names the table of each item of a transaction over two tables', () => {
    const twoTables = parseSource(
      'lambdas/adapters/made-up.ts',
      `import { TransactWriteItemsCommand, GetItemCommand } from '@aws-sdk/client-dynamodb';
      export function twoTables(client, tables) {
        const { webhooks } = tables;
        return {
          ...both(client, tables),
          line: () => client.send(new GetItemCommand({ TableName: webhooks })),
        };
      }
      function both(client, { records, webhooks }) {
        return { write: () => send(client, [{ Put: itemOf(records) }, ...ends(webhooks)]) };
      }
      const ends = (TableName) => [{ Delete: { TableName } }, { Update: { TableName } }];
      const send = (client, items) => client.send(new TransactWriteItemsCommand({ TransactItems: items }));`,
    );
    const calls = findAdapterCalls([twoTables], twoTables.path, 'twoTables');
    const described = [...calls].map(([method, made]) => [
      method,
      made.map(({ action, settings }) => `${action} on ${settings.has('records') ? 'records' : 'webhooks'}`),
    ]);
    expect(Object.fromEntries(described)).toEqual({
      write: [
        'dynamodb:PutItem on records',
        'dynamodb:DeleteItem on webhooks',
        'dynamodb:UpdateItem on webhooks',
      ],
      line: ['dynamodb:GetItem on webhooks'],
    });
  });

  it('finds no methods of a factory without commands', () => {
    expect(callsOf('madeUpClient')).toEqual(new Map());
  });

  it('finds operations of a client that is imported lazily', () => {
    const lazy = parseSource(
      'lambdas/adapters/made-up.ts',
      `export function lazyBus() { return { put: () => load() }; }
      async function load() {
        const { Client, PutEventsCommand: Put } = await import('@aws-sdk/client-eventbridge');
        return new Client().send(new Put({}));
      }`,
    );
    const [call] = findAdapterCalls([lazy], lazy.path, 'lazyBus').get('put') ?? [];
    expect(call?.action).toBe('events:PutEvents');
  });

  it('rejects an unknown factory and an unknown client', () => {
    expect(() => callsOf('otherStore')).toThrow('does not declare otherStore');
    const unknown = parseSource('lambdas/adapters/made-up.ts', "import { A } from '@aws-sdk/client-sns';");
    expect(() => findImportedOperations(unknown)).toThrow('imports client-sns');
  });
});

describe('findFunctionCalls', () => {
  const adapter = parseSource(
    'lambdas/adapters/made-up.ts',
    `import { GetItemCommand, PutItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
    import { SendMessageCommand } from '@aws-sdk/client-sqs';
    export function store(client, TableName) {
      return {
        find: (Key) => client.send(new GetItemCommand({ TableName, Key })),
        put: (Item) => client.send(new PutItemCommand({ TableName, Item })),
        due: () => client.send(new QueryCommand({ TableName, IndexName: 'due' })),
      };
    }
    export function parking(client, QueueUrl) {
      return { park: (MessageBody) => client.send(new SendMessageCommand({ QueueUrl, MessageBody })) };
    }
    export function queue(client, urls) {
      const send = (QueueUrl) => client.send(new SendMessageCommand({ QueueUrl }));
      return { ...parking(client, urls.parked), again: () => send(urls.queue) };
    }
    export const sqsClient = () => new SQSClient();`,
  );

  /**
   * The operations of a function whose handler contains `wiring` and whose use case contains `use`.
   */
  const calledWhere = (wiring: string, use: string): string[] =>
    calledBy(
      [
        adapter,
        parseSource('lambdas/made-up/work.ts', `export async function work(deps) { ${use} }`),
        parseSource(
          'lambdas/made-up/handler.ts',
          `import { parking, queue, sqsClient, store } from '../adapters/made-up.ts';
          import { work } from './work.ts';
          ${wiring}
          export const handler = () => work(parts);`,
        ),
      ],
      'lambdas/made-up/handler.ts',
    );

  const table = 'const parts = { records: store(client, env.RECORDS_TABLE_NAME) };';
  const queues =
    'const parts = { work: queue(sqsClient(), { queue: env.QUEUE_URL, parked: env.PARKED_QUEUE_URL }) };';

  it.each([
    ['a method that it calls', table, 'deps.records.find(1);', ['dynamodb:GetItem on records']],
    ['a method that it passes on', table, 'memoize(deps.records.find);', ['dynamodb:GetItem on records']],
    [
      'a method that it takes by destructuring',
      table,
      'const { find } = deps.records;',
      ['dynamodb:GetItem on records'],
    ],
    ['a query of an index', table, 'deps.records.due();', ['dynamodb:Query on recordIndexes']],
    [
      'several methods',
      table,
      'const { records } = deps; records.find(1); await records.put(2);',
      ['dynamodb:GetItem on records', 'dynamodb:PutItem on records'],
    ],
    ['one queue of two', queues, 'deps.work.again();', ['sqs:SendMessage on queue']],
    ['the other queue', queues, 'deps.work.park();', ['sqs:SendMessage on parkedQueue']],
    [
      'an adapter in a variable',
      'const parked = parking(sqsClient(), env.PARKED_QUEUE_URL); const parts = { parked };',
      'deps.parked.park();',
      ['sqs:SendMessage on parkedQueue'],
    ],
  ])('finds the operations of %s', (_what, wiring, use, calls) => {
    expect(calledWhere(wiring, use)).toEqual(calls);
  });

  it('rejects an unused adapter, an adapter without a name, and an unknown handler', () => {
    expect(() => calledWhere(table, '')).toThrow('creates records and never uses it');
    expect(() => calledWhere('const parts = { ...store(client, env.A) };', '')).toThrow('without a name');
    expect(() => calledBy([adapter], 'lambdas/nowhere/handler.ts')).toThrow(
      'lambdas/nowhere/handler.ts does not exist',
    );
  });
});
