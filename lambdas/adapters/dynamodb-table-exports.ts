import {
  DescribeContinuousBackupsCommand,
  DescribeExportCommand,
  type DynamoDBClient,
  ExportTableToPointInTimeCommand,
  type ExportTableToPointInTimeCommandInput,
} from '@aws-sdk/client-dynamodb';
import type { ExportTarget } from '../core/export-state.ts';
import { type Instant, instantOf } from '../core/instant.ts';
import { errorName } from '../core/service-error.ts';
import type { ExportRequest, TableExports } from '../ports/table-exports.ts';
import { storeCall } from './aws-failure.ts';

/** Names of errors that the same request always gets. */
const permanentRefusals: ReadonlySet<string> = new Set([
  'ExportConflictException',
  'InvalidExportTimeException',
]);

export interface ExportDestination extends ExportTarget {
  /** ARN of the key that encrypts the files. @default the bucket encrypts with a key of AWS */
  readonly key?: string | undefined;
}

export function dynamodbTableExports(
  client: DynamoDBClient,
  { table, bucket, key }: ExportDestination,
): TableExports {
  const encryption = key === undefined ? {} : ({ S3SseAlgorithm: 'KMS', S3SseKmsKeyId: key } as const);
  return {
    recoveryWindow: () =>
      storeCall('describeBackups', async () => {
        const answer = await client.send(new DescribeContinuousBackupsCommand({ TableName: table }));
        const recovery = answer.ContinuousBackupsDescription?.PointInTimeRecoveryDescription;
        const earliest = toInstant(recovery?.EarliestRestorableDateTime);
        const latest = toInstant(recovery?.LatestRestorableDateTime);
        return earliest && latest && earliest < latest ? { earliest, latest } : undefined;
      }),
    start: (request) =>
      storeCall('startExport', async () => {
        const input = { TableArn: table, S3Bucket: bucket, ...encryption, ...toInput(request) };
        try {
          const { ExportDescription } = await client.send(new ExportTableToPointInTimeCommand(input));
          return { arn: ExportDescription?.ExportArn ?? '' };
        } catch (error) {
          const name = errorName(error);
          if (permanentRefusals.has(name)) return { refused: name };
          throw error;
        }
      }),
    status: (arn) =>
      storeCall('describeExport', async () => {
        const { ExportDescription: found } = await client.send(new DescribeExportCommand({ ExportArn: arn }));
        if (found?.ExportStatus === 'COMPLETED') return { status: 'completed' };
        if (found?.ExportStatus === 'FAILED')
          return { status: 'failed', reason: found.FailureCode ?? 'unknown' };
        return { status: 'running' };
      }),
  };
}

function toInput({ from, to, folder, token }: ExportRequest): Partial<ExportTableToPointInTimeCommandInput> {
  const common = { ClientToken: token, S3Prefix: folder, ExportFormat: 'DYNAMODB_JSON' } as const;
  if (from === undefined) return { ...common, ExportType: 'FULL_EXPORT', ExportTime: new Date(to) };
  return {
    ...common,
    ExportType: 'INCREMENTAL_EXPORT',
    IncrementalExportSpecification: {
      ExportFromTime: new Date(from),
      ExportToTime: new Date(to),
      ExportViewType: 'NEW_IMAGE',
    },
  };
}

function toInstant(time: Date | undefined): Instant | undefined {
  return time && instantOf(time.getTime());
}
