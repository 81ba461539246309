import { type IWidget, MathExpression } from 'aws-cdk-lib/aws-cloudwatch';
import type { ITableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { nearlyUsed } from './notice-alarms.ts';
import { counted, level, ofFunction, ofLog, ofQueue, together } from './relay-metrics.ts';
import { allFunctions, allQueues, type Watched } from './watched.ts';
import { graph, question } from './widgets.ts';

/** Reads of Partner Central, which are few, and what AWS bills by the piece. */
export function costRows(watched: Watched, readsPerDay: number): IWidget[][] {
  const functions = allFunctions(watched);
  return [
    question('What does it cost?', 'docs/cost.md says what these come to in money.'),
    [
      quota(watched, readsPerDay),
      reads(watched),
      graph(
        'Invocations',
        functions.map(({ contract, function: lambda }) => ofFunction(lambda, 'Invocations', contract.name)),
        { stacked: true },
      ),
    ],
    [
      graph(
        'Time of functions',
        functions.map(({ contract, function: lambda }) => ofFunction(lambda, 'Duration', contract.name)),
        { stacked: true, unit: 'milliseconds' },
      ),
      graph(
        'Messages to queues',
        allQueues(watched).map(([name, { queue }]) => ofQueue(queue, 'NumberOfMessagesSent', name, 'Sum')),
        { stacked: true },
      ),
      graph(
        'Bytes logged',
        functions.map(({ contract, logGroup }) => ofLog(logGroup, contract.name)),
        { stacked: true, unit: 'bytes' },
      ),
    ],
    [
      capacity(watched, 'Write units of tables', 'ConsumedWriteCapacityUnits'),
      capacity(watched, 'Read units of tables', 'ConsumedReadCapacityUnits'),
    ],
  ];
}

function quota({ hydration, reconciliation }: Watched, readsPerDay: number): IWidget {
  const contracts = [
    ...hydration.functions.map(({ contract }) => contract),
    reconciliation.reconcile.contract,
  ];
  return graph(
    'Reads of Partner Central in 24 hours',
    [
      together(
        'reads',
        'MAX',
        contracts.map((contract) => level(contract, 'ReadsUsedOfDay')),
      ),
    ],
    {
      marks: [
        { value: readsPerDay, label: 'relay:readsPerDay' },
        { value: nearlyUsed * readsPerDay, label: 'QuotaNearlyUsed' },
      ],
    },
  );
}

function reads({ hydration }: Watched): IWidget {
  return graph(
    'Reads spent, by function',
    hydration.functions.map(({ contract }) => counted(contract, 'ReadsSpent')),
    { stacked: true },
  );
}

type Capacity = 'ConsumedReadCapacityUnits' | 'ConsumedWriteCapacityUnits';

function capacity({ records, control, delivery }: Watched, title: string, metricName: Capacity): IWidget {
  const tables = { Records: records, Control: control, Webhooks: delivery.table };
  const lines = Object.entries(tables).flatMap(([name, table]) => [
    table.metric(metricName, { statistic: 'Sum', label: name }),
    ...(table === control ? [] : [ofIndexes(table, metricName, `indexes of ${name}`)]),
  ]);
  return graph(title, lines, { stacked: true });
}

/** CloudWatch counts each index apart from its table. */
function ofIndexes({ tableName }: ITableV2, metricName: Capacity, label: string): MathExpression {
  const search = `{AWS/DynamoDB,GlobalSecondaryIndexName,TableName} MetricName="${metricName}" TableName="${tableName}"`;
  return new MathExpression({ label, expression: `SUM(SEARCH('${search}', 'Sum'))`, usingMetrics: {} });
}
