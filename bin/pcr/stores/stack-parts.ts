import {
  type CloudFormationClient,
  paginateListStackResources,
  type StackResourceSummary,
} from '@aws-sdk/client-cloudformation';
import { CloudWatchClient, type MetricAlarm, paginateDescribeAlarms } from '@aws-sdk/client-cloudwatch';
import { DescribeTableCommand } from '@aws-sdk/client-dynamodb';
import {
  GetAccountSettingsCommand,
  GetEventSourceMappingCommand,
  type GetEventSourceMappingCommandOutput,
} from '@aws-sdk/client-lambda';
import { GetScheduleCommand, SchedulerClient } from '@aws-sdk/client-scheduler';
import { paginateListSubscriptionsByTopic, SNSClient } from '@aws-sdk/client-sns';
import pMap from 'p-map';
import { errorName } from '../../../lambdas/core/service-error.ts';
import { concurrency } from '../first-of.ts';
import type { Relay } from '../relay.ts';
import { tablesOf } from './unreadable-rows.ts';

export interface StackAlarm {
  readonly name: string;
  readonly state: 'OK' | 'ALARM' | 'INSUFFICIENT_DATA' | 'missing';
  readonly since?: Date | undefined;
  readonly description?: string | undefined;
  /** Whether it notifies its topic. */
  readonly notifies: boolean;
  readonly isUrgent: boolean;
}

export interface AlarmTopic {
  readonly arn: string;
  readonly severity: 'urgent' | 'notice';
  readonly confirmed: number;
  /** Endpoints, such as e-mail addresses, that have not confirmed. */
  readonly pending: number;
}

export interface StackSchedule {
  readonly name: string;
  readonly state: 'ENABLED' | 'DISABLED' | 'missing';
}

export interface EventSource {
  readonly id: string;
  /** `Enabled`, `Disabled`, `Enabling` and so on; `missing` if it was deleted. */
  readonly state: string;
  /** Name of the queue, or of the table whose stream it is. */
  readonly source: string;
  readonly sourceArn: string;
}

export interface StackTable {
  readonly table: 'Records' | 'Webhooks' | 'Control';
  readonly name: string;
  /** `ACTIVE`, `UPDATING` and so on; `missing` if it was deleted. */
  readonly status: string;
  readonly indexes: ReadonlyMap<string, string>;
  readonly streamArn: string | undefined;
}

/** The state of the resources of a stack that work without anybody's notice until they stop. */
export interface StackParts {
  readonly alarms: () => Promise<readonly StackAlarm[]>;
  readonly topics: () => Promise<readonly AlarmTopic[]>;
  readonly schedules: () => Promise<readonly StackSchedule[]>;
  readonly eventSources: () => Promise<readonly EventSource[]>;
  /** Concurrent invocations that the account grants, and those that no function has reserved. */
  readonly accountConcurrency: () => Promise<{ readonly granted: number; readonly unreserved: number }>;
  readonly tables: () => Promise<readonly StackTable[]>;
}

export function stackParts(relay: Relay): StackParts {
  const { clients, clientSettings, output } = relay;
  let listed: Promise<readonly StackResourceSummary[]> | undefined;
  /** Physical ids. The resources are listed once. */
  const idsOf = async (type: string): Promise<readonly string[]> =>
    (await (listed ??= listResources(clients.cloudformation, relay.stackName))).flatMap(
      ({ ResourceType, PhysicalResourceId = '' }) => (ResourceType === type ? [PhysicalResourceId] : []),
    );
  return {
    async alarms() {
      const client = new CloudWatchClient(clientSettings);
      const names = await idsOf('AWS::CloudWatch::Alarm');
      const found = new Map<string | undefined, MetricAlarm>();
      // CloudFormation begins the names of alarms with the name of the stack.
      const query = { AlarmNamePrefix: `${relay.stackName}-` };
      for await (const { MetricAlarms = [] } of paginateDescribeAlarms({ client }, query))
        for (const alarm of MetricAlarms) found.set(alarm.AlarmName, alarm);
      return names.map((name) => alarmOf(name, found.get(name), output('UrgentAlarmsTopicArn')));
    },
    async topics() {
      const client = new SNSClient(clientSettings);
      const topics = [
        { arn: output('UrgentAlarmsTopicArn'), severity: 'urgent' },
        { arn: output('NoticeAlarmsTopicArn'), severity: 'notice' },
      ] as const;
      return Promise.all(
        topics.map(async (topic) => ({ ...topic, ...(await subscribers(client, topic.arn)) })),
      );
    },
    async schedules() {
      const client = new SchedulerClient(clientSettings);
      return Promise.all(
        (await idsOf('AWS::Scheduler::Schedule')).map(async (Name) => {
          const schedule = await unlessMissing(() => client.send(new GetScheduleCommand({ Name })));
          return { name: Name, state: schedule ? (schedule.State ?? 'ENABLED') : 'missing' };
        }),
      );
    },
    async eventSources() {
      const ids = await idsOf('AWS::Lambda::EventSourceMapping');
      return pMap(
        ids,
        async (UUID) => {
          const command = new GetEventSourceMappingCommand({ UUID });
          return eventSourceOf(UUID, await unlessMissing(() => clients.lambda.send(command)));
        },
        { concurrency },
      );
    },
    async accountConcurrency() {
      const { AccountLimit = {} } = await clients.lambda.send(new GetAccountSettingsCommand({}));
      const { ConcurrentExecutions: granted = 0, UnreservedConcurrentExecutions: unreserved = granted } =
        AccountLimit;
      return { granted, unreserved };
    },
    async tables() {
      const names = tablesOf(relay);
      return Promise.all(
        (['Records', 'Webhooks', 'Control'] as const).map(async (table): Promise<StackTable> => {
          const command = new DescribeTableCommand({ TableName: names[table] });
          const found = await unlessMissing(() => clients.dynamodb.send(command));
          const { TableStatus = 'missing', GlobalSecondaryIndexes = [], ...rest } = found?.Table ?? {};
          return {
            table,
            name: names[table],
            status: TableStatus,
            indexes: new Map(
              GlobalSecondaryIndexes.map(({ IndexName = '', IndexStatus = 'ACTIVE' }) => [
                IndexName,
                IndexStatus,
              ]),
            ),
            streamArn: rest.StreamSpecification?.StreamEnabled ? rest.LatestStreamArn : undefined,
          };
        }),
      );
    },
  };
}

async function listResources(
  client: CloudFormationClient,
  StackName: string,
): Promise<readonly StackResourceSummary[]> {
  const found: StackResourceSummary[] = [];
  for await (const { StackResourceSummaries = [] } of paginateListStackResources({ client }, { StackName }))
    found.push(...StackResourceSummaries);
  return found;
}

function alarmOf(name: string, alarm: MetricAlarm | undefined, urgentTopicArn: string): StackAlarm {
  if (!alarm) return { name, state: 'missing', notifies: false, isUrgent: false };
  const { StateValue = 'INSUFFICIENT_DATA', StateUpdatedTimestamp, AlarmActions = [] } = alarm;
  return {
    name,
    state: StateValue,
    since: StateUpdatedTimestamp,
    description: alarm.AlarmDescription,
    notifies: alarm.ActionsEnabled !== false && AlarmActions.length > 0,
    isUrgent: AlarmActions.includes(urgentTopicArn),
  };
}

async function subscribers(
  client: SNSClient,
  TopicArn: string,
): Promise<Pick<AlarmTopic, 'confirmed' | 'pending'>> {
  let confirmed = 0;
  let pending = 0;
  for await (const { Subscriptions = [] } of paginateListSubscriptionsByTopic({ client }, { TopicArn }))
    for (const { SubscriptionArn = '' } of Subscriptions) {
      // SNS lists `PendingConfirmation` or `Deleted` instead of an ARN.
      if (SubscriptionArn.startsWith('arn:')) confirmed += 1;
      else if (SubscriptionArn === 'PendingConfirmation') pending += 1;
    }
  return { confirmed, pending };
}

function eventSourceOf(id: string, found: GetEventSourceMappingCommandOutput | undefined): EventSource {
  const { State = 'missing', EventSourceArn: sourceArn = '' } = found ?? {};
  const [, , service, , , resource = ''] = sourceArn.split(':');
  const source = service === 'dynamodb' ? (resource.split('/')[1] ?? '') : resource;
  return { id, state: State, source, sourceArn };
}

async function unlessMissing<T>(call: () => Promise<T>): Promise<T | undefined> {
  try {
    return await call();
  } catch (error) {
    if (errorName(error) === 'ResourceNotFoundException') return undefined;
    throw error;
  }
}
