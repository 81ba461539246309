import {
  DescribeContinuousBackupsCommand,
  DescribeExportCommand,
  type DynamoDBClient,
  type ExportDescription,
  ExportTableToPointInTimeCommand,
  type ExportTableToPointInTimeCommandInput,
} from '@aws-sdk/client-dynamodb';
import type { ExportTarget } from '../core/export-state.ts';
import { type Instant, instantOf } from '../core/instant.ts';
import { errorName, ServiceError } from '../core/service-error.ts';
import type { ExportRequest, ExportStatus, TableExports } from '../ports/table-exports.ts';
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
  // Another account may own a bucket of this name after this one is deleted.
  const owner = { S3BucketOwner: accountIn(table) };
  const destination = { TableArn: table, S3Bucket: bucket, ...owner, ...encryption };
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
        const input = { ...destination, ...toInput(request) };
        try {
          const { ExportDescription } = await client.send(new ExportTableToPointInTimeCommand(input));
          const arn = ExportDescription?.ExportArn;
          if (arn) return { arn };
          throw new ServiceError('store.unavailable', { operation: 'startExport', error: 'no ExportArn' });
        } catch (error) {
          const name = errorName(error);
          if (permanentRefusals.has(name)) return { refused: name };
          throw error;
        }
      }),
    status: (arn) =>
      storeCall('describeExport', async () => {
        try {
          const described = await client.send(new DescribeExportCommand({ ExportArn: arn }));
          return toStatus(described.ExportDescription);
        } catch (error) {
          const reason = errorName(error);
          // AWS forgets exports. The row would wait for this one for ever.
          if (reason === 'ExportNotFoundException') return { status: 'failed', reason };
          throw error;
        }
      }),
  };
}

/** `arn:aws:dynamodb:<region>:<account>:table/<name>` */
function accountIn(tableArn: string): string | undefined {
  return tableArn.split(':')[4];
}

function toStatus(described: ExportDescription | undefined): ExportStatus {
  if (described?.ExportStatus === 'COMPLETED') return { status: 'completed' };
  if (described?.ExportStatus === 'FAILED')
    return { status: 'failed', reason: described.FailureCode ?? 'unknown' };
  return { status: 'running' };
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
