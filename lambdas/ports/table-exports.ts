import type { ExportWindow } from '../core/export-state.ts';
import type { Instant } from '../core/instant.ts';

/** The times between which point-in-time recovery can restore the table. */
export interface RecoveryWindow {
  readonly earliest: Instant;
  readonly latest: Instant;
}

export interface ExportRequest extends ExportWindow {
  /** Folder of the bucket, without a slash at its end. */
  readonly folder: string;
  /** Equal requests with the same token are one export. */
  readonly token: string;
}

export type ExportStatus =
  | { readonly status: 'running' | 'completed' }
  /** @param reason code of AWS */
  | { readonly status: 'failed'; readonly reason: string };

/**
 * Exports of the Records table to a bucket.
 * @throws ServiceError `store.unavailable` (later) from every call.
 */
export interface TableExports {
  /** Undefined if the table has no point-in-time recovery, or has had it for moments only. */
  recoveryWindow(): Promise<RecoveryWindow | undefined>;
  /** Returns the ARN of the export, or AWS's code if the request can never succeed. */
  start(request: ExportRequest): Promise<{ readonly arn: string } | { readonly refused: string }>;
  status(arn: string): Promise<ExportStatus>;
}
