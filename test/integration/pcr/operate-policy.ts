import * as v from 'valibot';
import type { Relay } from '../../../bin/pcr/relay.ts';
import { at, isJsonArray, isJsonObject, type Json, textAt } from '../../../lambdas/core/json.ts';
import { tryParseJson } from '../../../lambdas/core/json-text.ts';
import type { Stage } from '../../../local/host/stage.ts';
import { synthesize } from '../../infra/synthesized-stack.ts';
import type { RecordedCall } from './recorded-calls.ts';

/** What the stack enables. Without commands the policy has two statements less. */
export const enabledCommand = 'opportunity.update';

/** Construct paths of the tables, which name them below. */
const tablePaths = ['Records/Table', 'WebhookDelivery/Webhooks', 'Control/Table'];
const workQueues = [
  'ActDoorbell',
  'Hydration/Opportunities',
  'Hydration/Invitations',
  'Hydration/Engagements',
  'Quarantine/Events',
  'WebhookDelivery/FanOutDoorbell',
  'WebhookDelivery/DeliveryDoorbell',
];
const parkedQueues = [...workQueues.map((path) => `${path}/Parked`), 'Quarantine/Kept'];
const queueGroups = [
  ...workQueues.map((path) => [`${path}/Queue`, 'a work queue'] as const),
  ...parkedQueues.map((path) => [path, 'a parked queue'] as const),
];

const statementSchema = v.object({
  Action: v.union([v.string(), v.array(v.string())]),
  Resource: v.union([
    v.array(v.unknown()),
    v.pipe(
      v.unknown(),
      v.transform((one) => [one]),
    ),
  ]),
});
const policySchema = v.object({ PolicyDocument: v.object({ Statement: v.array(statementSchema) }) });

/** Every action and resource of the policy in the template: `dynamodb:GetItem on Records/Table`. */
export function allowedByPolicy(): readonly string[] {
  const { ofType, logicalId } = synthesize({
    settings: { catalogs: 'AWS,Sandbox', commands: enabledCommand },
  });
  const names = new Map([
    ...tablePaths.map((path) => [logicalId(path), path] as const),
    ...queueGroups.map(([path, group]) => [logicalId(path), group] as const),
    [logicalId('Reconciliation/Reconcile/Function'), 'reconcile'] as const,
    [logicalId('Commands/Commands/Function'), 'commands'] as const,
  ]);
  const policyId = logicalId('OperateRelay/Policy');
  const found = ofType('AWS::IAM::ManagedPolicy').find(([id]) => id === policyId);
  const { Statement } = v.parse(policySchema, found?.[1]).PolicyDocument;
  return unique(
    Statement.flatMap(({ Action, Resource }) =>
      [Action]
        .flat()
        .flatMap((action) => Resource.map((resource) => `${action} on ${nameOf(resource, names)}`)),
    ),
  );
}

/** The name of a resource in the template: `Records/Table/index/outbox` of the ARN of an index. */
function nameOf(resource: unknown, names: ReadonlyMap<string, string>): string {
  const text = JSON.stringify(resource);
  const [, id = ''] = /"Fn::GetAtt":\["(\w+)","Arn"\]/.exec(text) ?? [];
  const [, index = ''] = /"(\/index\/\w+)"/.exec(text) ?? [];
  const [, owner] = /:secret:[^"]*\/(endpoints|clients)\/\*/.exec(text) ?? [];
  if (owner) return `secrets of ${owner}`;
  if (text.includes(':log-group:')) return 'logs';
  return resource === '*' ? 'everything' : `${names.get(id) ?? text}${index}`;
}

/** Operations with another name in IAM. */
const iamNames: Readonly<Record<string, string>> = {
  'sqs:ChangeMessageVisibilityBatch': 'sqs:ChangeMessageVisibility',
  'sqs:DeleteMessageBatch': 'sqs:DeleteMessage',
  'sqs:SendMessageBatch': 'sqs:SendMessage',
};
const transactionParts: Readonly<Record<string, string>> = {
  Put: 'dynamodb:PutItem',
  Update: 'dynamodb:UpdateItem',
  Delete: 'dynamodb:DeleteItem',
  ConditionCheck: 'dynamodb:ConditionCheckItem',
};

/** The same for what was called. */
export function usedOf(calls: readonly RecordedCall[], stage: Stage, relay: Relay): readonly string[] {
  const names = new Map([
    ...tablePaths.map((path) => [stage.tables.get(path).tableName, path] as const),
    ...queueGroups.map(([path, group]) => [stage.queues.get(path).url, group] as const),
  ]);
  const secretPrefixes = new Map([
    [relay.output('EndpointSecretNamePrefix'), 'endpoints'],
    [relay.output('ClientSecretNamePrefix'), 'clients'],
  ]);
  const functions = new Map(
    ['reconcile', 'commands'].map((name) => [
      relay.output(name === 'reconcile' ? 'ReconcileFunctionName' : 'CommandsFunctionName'),
      name,
    ]),
  );
  return unique(calls.flatMap((call) => usesOf(call, { names, functions, secretPrefixes })));
}

interface ResourceNames {
  readonly names: ReadonlyMap<string, string>;
  readonly functions: ReadonlyMap<string, string>;
  /** What the secrets belong to whose names begin so. */
  readonly secretPrefixes: ReadonlyMap<string, string>;
}

function usesOf(
  { action, url, body }: RecordedCall,
  { names, functions, secretPrefixes }: ResourceNames,
): readonly string[] {
  const request = tryParseJson(body);
  const on = (named: string, resource: string | undefined) =>
    `${named} on ${names.get(resource ?? '') ?? `the unknown ${resource}`}`;
  if (action.startsWith('dynamodb:Transact'))
    return transactedIn(request).map(([part, table]) => on(part, table));
  if (action === 'dynamodb:BatchGetItem')
    return Object.keys(objectAt(request, 'RequestItems')).map((table) => on(action, table));
  if (action.startsWith('dynamodb:')) {
    const index = textAt(request, 'IndexName');
    return [`${on(action, textAt(request, 'TableName'))}${index === undefined ? '' : `/index/${index}`}`];
  }
  if (action.startsWith('sqs:')) return [on(iamNames[action] ?? action, textAt(request, 'QueueUrl'))];
  const secret = textAt(request, 'SecretId') ?? textAt(request, 'Name') ?? '';
  const [, owner] = [...secretPrefixes].find(([prefix]) => secret.startsWith(prefix)) ?? [];
  if (action.startsWith('secretsmanager:') && owner) return [`${action} on secrets of ${owner}`];
  if (action.startsWith('logs:')) return [`${action} on logs`];
  const [, name = ''] = /\/functions\/([^/?]+)/.exec(url) ?? [];
  return [`${action} on ${functions.get(decodeURIComponent(name)) ?? 'everything'}`];
}

function transactedIn(
  request: Json | undefined,
): readonly (readonly [action: string, table: string | undefined])[] {
  const items = at(request, 'TransactItems');
  return (isJsonArray(items) ? items : []).flatMap((item) =>
    Object.entries(isJsonObject(item) ? item : {}).map(
      ([part, of]) => [transactionParts[part] ?? part, textAt(of, 'TableName')] as const,
    ),
  );
}

function objectAt(request: Json | undefined, member: string): object {
  const found = at(request, member);
  return isJsonObject(found) ? found : {};
}

function unique(uses: readonly string[]): readonly string[] {
  return [...new Set(uses)].toSorted();
}
