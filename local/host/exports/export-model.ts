/** A request for an export. Times are in milliseconds since 1970. */
export interface RequestedExport {
  readonly table: string;
  readonly bucket: string;
  readonly folder: string;
  readonly token: string;
  /** Missing from a full export. */
  readonly fromMs?: number | undefined;
  readonly toMs: number;
}

export interface ModelledExport extends RequestedExport {
  readonly arn: string;
  readonly startedAtMs: number;
  /** Code with which it ends; undefined if it completes. */
  readonly failure: string | undefined;
}

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

/** The limits of a window of an incremental export. */
const leastMs = 15 * minuteMs;
const mostMs = 24 * hourMs;

/** For how long AWS knows a client token. */
const tokenMs = 8 * hourMs;

/** How far the latest time to which a table can be restored is behind. AWS says: five minutes. */
const lagMs = 5 * minuteMs;

/** How long an export takes here. AWS promises no time. */
const durationMs = 10 * minuteMs;

/** For how long a table can be restored. */
const recoveryMs = 35 * 24 * hourMs;

/**
 * Exports of a table, as AWS documents them: "DynamoDB data export to Amazon S3: how it works" and
 * ExportTableToPointInTime. It writes no files.
 */
export class ExportModel {
  /** In the order of their start. */
  readonly exports: ModelledExport[] = [];
  /** When point-in-time recovery was switched on; undefined if it is off. */
  recoveryFromMs: number | undefined;
  /** Code with which exports end that start now, such as `S3NoSuchBucket`. */
  failure: string | undefined;
  readonly #nowMs: () => number;

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
    this.recoveryFromMs = nowMs();
  }

  /** The times between which the table can be restored; undefined if there are none. */
  recoveryWindow(): { readonly earliestMs: number; readonly latestMs: number } | undefined {
    if (this.recoveryFromMs === undefined) return undefined;
    const nowMs = this.#nowMs();
    return { earliestMs: Math.max(this.recoveryFromMs, nowMs - recoveryMs), latestMs: nowMs - lagMs };
  }

  /** @returns the export, or the name of AWS's error */
  start(request: RequestedExport): ModelledExport | string {
    const { token, fromMs, toMs } = request;
    const known = this.exports.find(
      (each) => each.token === token && this.#nowMs() < each.startedAtMs + tokenMs,
    );
    if (known) return isSame(known, request) ? known : 'ExportConflictException';
    const recovery = this.recoveryWindow();
    if (!recovery) return 'PointInTimeRecoveryUnavailableException';
    if ((fromMs ?? toMs) < recovery.earliestMs || toMs > recovery.latestMs)
      return 'InvalidExportTimeException';
    const lengthMs = fromMs === undefined ? leastMs : toMs - fromMs;
    if (lengthMs < leastMs || lengthMs > mostMs) return 'ValidationException';
    const number = String(this.exports.length + 1).padStart(8, '0');
    const arn = `${request.table}/export/0${this.#nowMs()}-${number}`;
    const started = { ...request, arn, startedAtMs: this.#nowMs(), failure: this.failure };
    this.exports.push(started);
    return started;
  }

  status({ startedAtMs, failure }: ModelledExport): 'IN_PROGRESS' | 'COMPLETED' | 'FAILED' {
    if (this.#nowMs() < startedAtMs + durationMs) return 'IN_PROGRESS';
    return failure === undefined ? 'COMPLETED' : 'FAILED';
  }
}

function isSame(known: RequestedExport, { table, bucket, folder, fromMs, toMs }: RequestedExport): boolean {
  return (
    known.table === table &&
    known.bucket === bucket &&
    known.folder === folder &&
    known.fromMs === fromMs &&
    known.toMs === toMs
  );
}
