import { type IWidget, MathExpression } from 'aws-cdk-lib/aws-cloudwatch';
import type { ITableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { functionMetric, gaugeMetric, logBytesMetric, queueMetric } from './metrics.ts';
import { listFunctions, listQueues, type MonitoredResources } from './monitored-resources.ts';
import { quotaWarningShare } from './notice-alarms.ts';
import { graphWidget, logTableWidget, sectionHeading } from './widgets.ts';

/** Reads of Partner Central, which are limited, and everything that AWS bills by use. */
export function buildCostRows(resources: MonitoredResources, readsPerDay: number): IWidget[][] {
  const functions = listFunctions(resources);
  return [
    sectionHeading('What does it cost?', 'docs/cost.md converts these into US dollars.'),
    [
      quotaWidget(resources, readsPerDay),
      readsWidget(resources),
      graphWidget(
        'Invocations',
        functions.map(({ contract, function: lambda }) =>
          functionMetric(lambda, 'Invocations', contract.name),
        ),
        { stacked: true },
      ),
    ],
    [
      graphWidget(
        'Duration of functions',
        functions.map(({ contract, function: lambda }) => functionMetric(lambda, 'Duration', contract.name)),
        { stacked: true, unit: 'milliseconds' },
      ),
      graphWidget(
        'Messages to queues',
        listQueues(resources).map(([name, { queue }]) =>
          queueMetric(queue, 'NumberOfMessagesSent', name, 'Sum'),
        ),
        { stacked: true },
      ),
      graphWidget(
        'Bytes logged',
        functions.map(({ contract, logGroup }) => logBytesMetric(logGroup, contract.name)),
        { stacked: true, unit: 'bytes' },
      ),
    ],
    [
      capacityWidget(resources, 'Write units of tables', 'ConsumedWriteCapacityUnits'),
      capacityWidget(resources, 'Read units of tables', 'ConsumedReadCapacityUnits'),
    ],
  ];
}

function quotaWidget({ reconciliation }: MonitoredResources, readsPerDay: number): IWidget {
  return graphWidget(
    'Reads of Partner Central in 24 hours, from half of the limit on',
    [gaugeMetric(reconciliation.reconcile, 'ReadsUsedOfDay', 'Maximum', 'reads')],
    {
      thresholds: [
        { value: readsPerDay, label: 'relay:readsPerDay' },
        { value: quotaWarningShare * readsPerDay, label: 'QuotaNearlyUsed' },
      ],
    },
  );
}

function readsWidget({ hydration }: MonitoredResources): IWidget {
  return logTableWidget(
    'Reads spent, by function',
    hydration.functions.map(({ logGroup }) => logGroup),
    "filter message = 'record.hydrated'",
    'stats sum(reads) as spent by service',
    'sort spent desc',
  );
}

type Capacity = 'ConsumedReadCapacityUnits' | 'ConsumedWriteCapacityUnits';

function capacityWidget(
  { records, control, delivery }: MonitoredResources,
  title: string,
  metricName: Capacity,
): IWidget {
  const tables = { Records: records, Control: control, Webhooks: delivery.table };
  const lines = Object.entries(tables).flatMap(([name, table]) => [
    table.metric(metricName, { statistic: 'Sum', label: name }),
    ...(table === control ? [] : [indexMetric(table, metricName, `indexes of ${name}`)]),
  ]);
  return graphWidget(title, lines, { stacked: true });
}

/** CloudWatch counts indexes separately from their table. */
function indexMetric({ tableName }: ITableV2, metricName: Capacity, label: string): MathExpression {
  const search = `{AWS/DynamoDB,GlobalSecondaryIndexName,TableName} MetricName="${metricName}" TableName="${tableName}"`;
  return new MathExpression({ label, expression: `SUM(SEARCH('${search}', 'Sum'))`, usingMetrics: {} });
}
