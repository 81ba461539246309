import type { Instant } from './instant.ts';

/**
 * An export writes all items as of `to` or, with `from`, those that changed from then until `to`.
 */
export interface ExportWindow {
  readonly from?: Instant | undefined;
  readonly to: Instant;
}

/** The table that is exported, by its ARN, and the bucket that the exports are in. */
export interface ExportTarget {
  readonly table: string;
  readonly bucket: string;
}

/** How far the table has been exported. */
export interface ExportState extends ExportTarget {
  /** When exports of this table to this bucket began. */
  readonly since: Instant;
  /** Time of the full export that the later ones continue. It names their folder. */
  readonly fullAt?: Instant | undefined;
  /** Everything that was written before is in the bucket. */
  readonly exportedTo?: Instant | undefined;
  /** The export that AWS is making. It has no ARN until AWS has accepted it. */
  readonly running?: (ExportWindow & { readonly arn?: string | undefined }) | undefined;
  /** How many exports in a row have failed. */
  readonly failures?: number | undefined;
  readonly failedAt?: Instant | undefined;
  /** AWS's code of the last failure. */
  readonly failure?: string | undefined;
}
