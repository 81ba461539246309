import { delimiter, dirname } from 'node:path';
import {
  DescribeContinuousBackupsCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
} from '@aws-sdk/client-dynamodb';
import { webhookTable } from '../../lambdas/core/tables.ts';
import { localRegion } from '../../local/host/local-account.ts';
import { emulatorEnvironment } from './cdk.ts';
import { lastLines, runCommand } from './commands.ts';
import type { Deployed } from './deployed.ts';
import { readGuideBlocks } from './guide.ts';

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

export interface AwsCli {
  readonly emulatorUrl: string;
  readonly folder: string;
  /** Python in whose environment the AWS CLI is. */
  readonly python: string;
}

/**
 * Restores Records and Webhooks, with the commands of docs/upgrade.md.
 * @returns the tables to go on with
 */
export async function restoreTables(deployed: Deployed, cli: AwsCli): Promise<TableNames> {
  const names = tableNames(deployed);
  const env = {
    ...emulatorEnvironment(cli.emulatorUrl, cli.folder),
    // The AWS CLI of PyPI reads this variable in place of AWS_REGION.
    AWS_DEFAULT_REGION: localRegion,
    PATH: `${dirname(cli.python)}${delimiter}${process.env['PATH']}`,
    RECORDS_TABLE: names.Records,
    WEBHOOKS_TABLE: names.Webhooks,
    RESTORE_TO: new Date().toISOString(),
  };
  for (const commands of await readGuideBlocks('Restore tables', 'sh')) {
    const { code, output } = await runCommand('bash', ['-euc', commands], { env });
    if (code !== 0)
      throw new Error(`These commands failed with ${code}:\n${commands}\n${lastLines(output, 10)}`);
  }
  return {
    ...names,
    Records: `${names.Records}-restored`,
    Webhooks: `${names.Webhooks}-restored`,
  };
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
