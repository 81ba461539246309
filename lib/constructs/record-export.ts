import { CfnOutput, Duration, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import type { ITableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { BlockPublicAccess, Bucket, BucketEncryption, type IBucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { exportContract, exportFolder, fileDays } from '../../lambdas/export/contract.ts';
import type { RelayConfig } from '../config.ts';
import { acknowledgeWildcards } from './grant-scope.ts';
import { allowKeyThrough } from './key-use.ts';
import { MinuteSchedule } from './minute-schedule.ts';
import { type FunctionDefaults, ServiceFunction } from './service-function.ts';

export interface RecordExportProps {
  readonly records: ITableV2;
  readonly control: ITableV2;
  readonly config: Pick<RelayConfig, 'exportHours'>;
  readonly functions: FunctionDefaults;
}

/**
 * What AWS does in the name of the function that requests an export. Source: "Requesting a table
 * export in DynamoDB".
 */
export const exportActions = ['s3:AbortMultipartUpload', 's3:PutObject', 's3:PutObjectAcl'] as const;

/**
 * Exports what changed in the Records table to a bucket, again and again. It exists only if
 * `relay:exportHours` is not 0.
 */
export class RecordExport extends Construct {
  readonly bucket: IBucket;
  readonly export: ServiceFunction<typeof exportContract>;

  constructor(scope: Construct, id: string, { records, control, config, functions }: RecordExportProps) {
    super(scope, id);
    this.bucket = this.addBucket(functions.key);
    this.export = new ServiceFunction(this, 'Export', {
      contract: exportContract,
      defaults: functions,
      commonEnvironment: {
        RECORDS_TABLE_ARN: records.tableArn,
        CONTROL_TABLE_NAME: control.tableName,
        EXPORT_BUCKET_NAME: this.bucket.bucketName,
        EXPORT_KEY_ARN: functions.key?.keyArn ?? 'none',
        EXPORT_HOURS: String(config.exportHours),
      },
      grants: {
        exportedTable: { arns: [records.tableArn] },
        tableExports: {
          arns: [`${records.tableArn}/export/*`],
          wildcardReason: 'AWS chooses the id of an export of the table',
        },
        control: { arns: [control.tableArn] },
      },
      timeout: Duration.seconds(55),
      memoryMb: 256,
    });
    this.allowWriting(functions.key);
    // An export is a row with a due time. Every minute the function takes its next step, if any.
    new MinuteSchedule(this, 'EveryMinute', { target: this.export.function });
    const stack = Stack.of(this);
    new CfnOutput(stack, 'ExportHours', { value: String(config.exportHours) });
    new CfnOutput(stack, 'ExportBucketName', { value: this.bucket.bucketName });
    new CfnOutput(stack, 'ExportFunctionName', { value: this.export.function.functionName });
  }

  /** It is kept by `cdk destroy`, as the tables are, and empties itself. */
  private addBucket(key: IKey | undefined): Bucket {
    const bucket = new Bucket(this, 'Bucket', {
      ...(key
        ? { encryption: BucketEncryption.KMS, encryptionKey: key, bucketKeyEnabled: true }
        : { encryption: BucketEncryption.S3_MANAGED }),
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      enforceSSL: true,
      removalPolicy: RemovalPolicy.RETAIN,
      lifecycleRules: [
        { expiration: Duration.days(fileDays), abortIncompleteMultipartUploadAfter: Duration.days(1) },
      ],
    });
    Validations.of(bucket).acknowledge({
      id: 'AwsSolutions-S1',
      reason: 'Only DynamoDB writes to it; who reads it is for the trail of the account to log',
    });
    return bucket;
  }

  private allowWriting(key: IKey | undefined): void {
    const files = {
      arns: [this.bucket.arnForObjects(`${exportFolder}/*`)],
      wildcardReason: 'AWS chooses the names of the files of an export',
    };
    const lambda = this.export.function;
    lambda.addToRolePolicy(
      new PolicyStatement({
        actions: [...exportActions],
        resources: files.arns,
        // Another account may own a bucket of this name after this one is deleted.
        conditions: { StringEquals: { 's3:ResourceAccount': Stack.of(this).account } },
      }),
    );
    if (key) lambda.addToRolePolicy(allowKeyThrough('s3', key));
    acknowledgeWildcards(this.export, files);
  }
}
