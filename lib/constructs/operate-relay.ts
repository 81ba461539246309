import { Stack } from 'aws-cdk-lib';
import type { ITableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { type IManagedPolicy, ManagedPolicy, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { Catalog } from '../../lambdas/core/catalogs.ts';
import { recordTable, webhookTable } from '../../lambdas/core/tables.ts';
import { acknowledgeWildcards, type GrantScope } from './grant-scope.ts';
import { allowKeyThrough } from './key-use.ts';
import { operateActions } from './operate-actions.ts';
import { catalogScope } from './partner-central-scope.ts';
import type { WorkQueue } from './work-queue.ts';

/** Indexes of the Records table that `pcr` queries. Of the Webhooks table it queries all. */
const operateIndexes = [
  'recordsByModification',
  'recordsByStatus',
  'recordsByCustomer',
  'recordsByPartnerId',
  'versionsByDay',
  'outbox',
] as const;

export interface OperateRelayProps {
  readonly records: ITableV2;
  readonly webhooks: ITableV2;
  readonly control: ITableV2;
  readonly queues: readonly WorkQueue[];
  /** Keeps events for a release that reads them. */
  readonly kept: IQueue;
  /** Prefixes of the names of the secrets of endpoints and clients. */
  readonly secretNamePrefixes: readonly string[];
  readonly reconcile: IFunction;
  /** @default the stack has no commands */
  readonly commands?: IFunction | undefined;
  readonly catalogs: readonly Catalog[];
  /** @default keys of AWS */
  readonly key?: IKey | undefined;
}

/** A managed policy for operators: exactly what `pcr` calls, on the resources of this stack. */
export class OperateRelay extends Construct {
  readonly policy: IManagedPolicy;

  constructor(scope: Construct, id: string, props: OperateRelayProps) {
    super(scope, id);
    const scopes = operateScopes(Stack.of(this), props);
    const statements = operateResources.flatMap((resource) => {
      const { arns, conditions } = scopes[resource];
      if (arns.length === 0) return [];
      return new PolicyStatement({
        actions: [...operateActions[resource]],
        resources: [...arns],
        ...(conditions && { conditions }),
      });
    });
    const { key } = props;
    this.policy = new ManagedPolicy(this, 'Policy', {
      description: 'Operates Partner Central Relay with pcr',
      statements: [...statements, ...(key ? useOfKey(key) : [])],
    });
    for (const each of Object.values(scopes)) acknowledgeWildcards(this, each);
  }
}

/** Operators write secrets too, which takes a data key. */
function useOfKey(key: IKey): readonly PolicyStatement[] {
  const ofSecrets = allowKeyThrough('secretsmanager', key);
  ofSecrets.addActions('kms:GenerateDataKey');
  return [allowKeyThrough('dynamodb', key), allowKeyThrough('sqs', key), ofSecrets];
}

type OperateResource = keyof typeof operateActions;

const operateResources = [
  'records',
  'recordIndexes',
  'webhooks',
  'webhookIndexes',
  'control',
  'workQueues',
  'parkedQueues',
  'secrets',
  'reconcile',
  'commands',
  'commandSwitch',
  'logs',
  'lists',
  'account',
] as const satisfies readonly OperateResource[];

function operateScopes(
  { region, account, stackName }: Stack,
  props: OperateRelayProps,
): Readonly<Record<OperateResource, GrantScope>> {
  const { records, webhooks, queues, kept } = props;
  return {
    records: { arns: [records.tableArn] },
    recordIndexes: {
      arns: operateIndexes.map((name) => `${records.tableArn}/index/${recordTable.indexes[name].name}`),
    },
    webhooks: { arns: [webhooks.tableArn] },
    webhookIndexes: {
      arns: Object.values(webhookTable.indexes).map(({ name }) => `${webhooks.tableArn}/index/${name}`),
    },
    control: { arns: [props.control.tableArn] },
    workQueues: { arns: queues.map(({ queue }) => queue.queueArn) },
    parkedQueues: { arns: [...queues.map(({ parked }) => parked), kept].map(({ queueArn }) => queueArn) },
    secrets: {
      arns: props.secretNamePrefixes.map(
        (prefix) => `arn:aws:secretsmanager:${region}:${account}:secret:${prefix}*`,
      ),
      wildcardReason:
        'Operators add endpoints and clients at run time, each with its own secret under such a prefix',
    },
    reconcile: { arns: [props.reconcile.functionArn] },
    commands: { arns: props.commands ? [props.commands.functionArn] : [] },
    commandSwitch: { arns: props.commands ? [props.control.tableArn] : [] },
    logs: {
      // CloudFormation begins the names of log groups with the name of the stack.
      arns: [`arn:aws:logs:${region}:${account}:log-group:${stackName}-*`],
      wildcardReason: 'A managed policy has no room for the log group of each function',
    },
    lists: catalogScope(props.catalogs),
    account: {
      arns: ['*'],
      wildcardReason: 'These actions only describe, and a managed policy cannot name every resource',
    },
  };
}
