import { describe, expect, it } from 'vitest';
import { bundles } from '../../lambdas/build.ts';
import type { Contract } from '../../lambdas/runtime/contract.ts';
import { findAdapterCalls, findImportedOperations } from './adapter-calls.ts';
import { type FunctionCall, findFunctionCalls } from './function-calls.ts';
import { parseSource, readSourceFiles, type SourceFile } from './source-files.ts';

const files = readSourceFiles('lambdas');

/** What a contract calls the thing behind an environment variable, and the indexes of it. */
const resources: Readonly<Record<string, string>> = {
  RECORDS_TABLE_NAME: 'records',
  WEBHOOKS_TABLE_NAME: 'webhooks',
  CONTROL_TABLE_NAME: 'control',
  OPPORTUNITY_QUEUE_URL: 'opportunityQueue',
  INVITATION_QUEUE_URL: 'invitationQueue',
  ENGAGEMENT_QUEUE_URL: 'engagementQueue',
  QUEUE_URL: 'queue',
  PARKED_QUEUE_URL: 'parkedQueue',
  DELIVERY_QUEUE_URL: 'deliveryQueue',
  FAN_OUT_QUEUE_URL: 'fanOutQueue',
};
const indexes: Readonly<Record<string, string>> = {
  RECORDS_TABLE_NAME: 'recordIndexes',
  WEBHOOKS_TABLE_NAME: 'webhookIndexes',
};
/** What no variable names. */
const unnamed: Readonly<Record<string, string>> = {
  'secretsmanager:GetSecretValue': 'secrets',
  'events:PutEvents': 'eventBuses',
  'partnercentral:GetOpportunity': 'opportunities',
  'partnercentral:GetAwsOpportunitySummary': 'opportunities',
  'partnercentral:GetEngagementInvitation': 'invitations',
  'partnercentral:GetEngagement': 'engagements',
  'partnercentral:ListEngagementMembers': 'engagements',
  'partnercentral:ListSolutions': 'lists',
  'partnercentral:ListEngagementByAcceptingInvitationTasks': 'lists',
  'partnercentral:ListOpportunities': 'lists',
  'partnercentral:ListEngagementInvitations': 'lists',
  'partnercentral:ListEngagements': 'lists',
};

/** `dynamodb:GetItem on records` */
function shownCall({ action, variable, onIndex }: FunctionCall): string {
  const resource = variable === undefined ? unnamed[action] : (onIndex ? indexes : resources)[variable];
  return `${action} on ${resource ?? `what ${variable ?? 'nothing'} names`}`;
}

function calledBy(among: readonly SourceFile[], handler: string): string[] {
  return [...new Set(findFunctionCalls(among, handler).map(shownCall))].toSorted();
}

function askedFor(actions: Contract['actions']): string[] {
  return Object.entries(actions)
    .flatMap(([resource, names]) => names.map((action) => `${action} on ${resource}`))
    .toSorted();
}

it.each(bundles)('$contract.name asks for exactly what its adapters call', ({ contract, entry }) => {
  const called = calledBy(files, `lambdas/${entry}`);
  expect(called).not.toEqual([]);
  expect(askedFor(contract.actions)).toEqual(called);
});

it('adapters alone talk to AWS: nobody else makes a command', () => {
  const makers = files.filter((file) => findImportedOperations(file).size > 0).map(({ path }) => path);
  expect(makers).not.toEqual([]);
  expect(makers.filter((path) => !path.startsWith('lambdas/adapters/'))).toEqual([]);
});

describe('what is read off an adapter', () => {
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

  it('is every operation behind each method, by the name that IAM has for it', () => {
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

  it('is no method, where it makes no command', () => {
    expect(callsOf('madeUpClient')).toEqual(new Map());
  });

  it('is seen where the client is imported only when it is needed', () => {
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

  it('is refused where it cannot be read', () => {
    expect(() => callsOf('otherStore')).toThrow('declares no otherStore');
    const unknown = parseSource('lambdas/adapters/made-up.ts', "import { A } from '@aws-sdk/client-sns';");
    expect(() => findImportedOperations(unknown)).toThrow('imports client-sns');
  });
});

describe('what is read off a function', () => {
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

  /** A function that wires this, and uses it so. */
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
    ['what it calls', table, 'deps.records.find(1);', ['dynamodb:GetItem on records']],
    ['what it hands on', table, 'remembering(deps.records.find);', ['dynamodb:GetItem on records']],
    ['what it takes off', table, 'const { find } = deps.records;', ['dynamodb:GetItem on records']],
    ['an index', table, 'deps.records.due();', ['dynamodb:Query on recordIndexes']],
    [
      'all of it',
      table,
      'const { records } = deps; records.find(1); await records.put(2);',
      ['dynamodb:GetItem on records', 'dynamodb:PutItem on records'],
    ],
    ['one queue of two', queues, 'deps.work.again();', ['sqs:SendMessage on queue']],
    ['the other queue', queues, 'deps.work.park();', ['sqs:SendMessage on parkedQueue']],
    [
      'an adapter wired by itself',
      'const parked = parking(sqsClient(), env.PARKED_QUEUE_URL); const parts = { parked };',
      'deps.parked.park();',
      ['sqs:SendMessage on parkedQueue'],
    ],
  ])('is %s', (_what, wiring, use, calls) => {
    expect(calledWhere(wiring, use)).toEqual(calls);
  });

  it('is refused where nothing is used, or nothing has a name', () => {
    expect(() => calledWhere(table, '')).toThrow('wires records and never uses it');
    expect(() => calledWhere('const parts = { ...store(client, env.A) };', '')).toThrow('without a name');
    expect(() => calledBy([adapter], 'lambdas/nowhere/handler.ts')).toThrow('there is no lambdas/nowhere');
  });
});
