import type { Contract } from '../runtime/contract.ts';
import { positiveNumber, text, textOrNone } from '../runtime/env.ts';

/** Days after which a full export begins anew, so that older files are not needed any more. */
export const fullExportDays = 28;

/**
 * Days after which the bucket deletes a file. Two weeks longer than a full export is needed, so
 * that an operator has time to repair exports that fail.
 */
export const fileDays = 42;

/** Folder of all exports in the bucket. */
export const exportFolder = 'records';

export const exportContract = {
  name: 'export',
  environment: {
    RECORDS_TABLE_ARN: text,
    CONTROL_TABLE_NAME: text,
    EXPORT_BUCKET_NAME: text,
    /** ARN of the key of the files; `none` if the bucket uses a key of AWS. */
    EXPORT_KEY_ARN: textOrNone,
    /** From the end of one export to the end of the next. */
    EXPORT_HOURS: positiveNumber,
  },
  actions: {
    exportedTable: ['dynamodb:DescribeContinuousBackups', 'dynamodb:ExportTableToPointInTime'],
    tableExports: ['dynamodb:DescribeExport'],
    control: ['dynamodb:GetItem', 'dynamodb:PutItem'],
  },
  partitions: { control: ['export'] },
  metrics: ['RowsUnreadable'],
  levels: {
    /** Age of the newest change that may be missing in the bucket, if that is late. */
    ExportAge: 'Seconds',
  },
} as const satisfies Contract;

export type ExportMetric = (typeof exportContract.metrics)[number];
export type ExportLevel = keyof typeof exportContract.levels;
