import {
  DescribeContinuousBackupsCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
} from '@aws-sdk/client-dynamodb';
import { webhookTable } from '../../lambdas/core/tables.ts';
import type { Deployed } from './deployed.ts';
import { type AwsCli, followGuide } from './guide.ts';

/** Names of the three tables of a stack. */
export interface TableNames {
  readonly Records: string;
  readonly Control: string;
  readonly Webhooks: string;
}

export function tableNames({ output }: Pick<Deployed, 'output'>): TableNames {
  return {
    Records: output('RecordsTableName'),
    Control: output('ControlTableName'),
    Webhooks: output('WebhooksTableName'),
  };
}

/**
 * Restores Records and Webhooks, as docs/upgrade.md says.
 * @returns the tables to go on with
 */
export async function restoreTables(deployed: Deployed, cli: AwsCli): Promise<TableNames> {
  const names = tableNames(deployed);
  const variables = {
    RECORDS_TABLE: names.Records,
    WEBHOOKS_TABLE: names.Webhooks,
    RESTORE_TO: new Date().toISOString(),
  };
  await followGuide('Restore tables', variables, cli);
  return { ...names, Records: `${names.Records}-restored`, Webhooks: `${names.Webhooks}-restored` };
}

/** Settings of the restored tables that differ from those that the stack gives its tables. */
export async function findLostSettings(
  deployed: Deployed,
  { Records, Webhooks }: TableNames,
): Promise<readonly string[]> {
  const kept = 'protected, with recovery';
  const expected = {
    [Records]: `${kept}, stream KEYS_ONLY, nothing expires`,
    [Webhooks]: `${kept}, no stream, expires by ${webhookTable.timeToLive}`,
  };
  const found = await Promise.all(
    Object.entries(expected).map(async ([name, settings]) => {
      const is = await describeSettings(deployed, name);
      return is === settings ? [] : [`${name}: ${is}; expected: ${settings}`];
    }),
  );
  return found.flat();
}

async function describeSettings({ dynamodb }: Deployed, TableName: string): Promise<string> {
  const { Table = {} } = await dynamodb.send(new DescribeTableCommand({ TableName }));
  const { TimeToLiveDescription: expiry } = await dynamodb.send(new DescribeTimeToLiveCommand({ TableName }));
  const { ContinuousBackupsDescription: backups } = await dynamodb.send(
    new DescribeContinuousBackupsCommand({ TableName }),
  );
  const { StreamViewType } = Table.StreamSpecification ?? {};
  const recovery = backups?.PointInTimeRecoveryDescription?.PointInTimeRecoveryStatus;
  return [
    Table.DeletionProtectionEnabled ? 'protected' : 'not protected',
    recovery === 'ENABLED' ? 'with recovery' : 'without recovery',
    StreamViewType === undefined ? 'no stream' : `stream ${StreamViewType}`,
    expiry?.AttributeName === undefined ? 'nothing expires' : `expires by ${expiry.AttributeName}`,
  ].join(', ');
}
