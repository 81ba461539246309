import { at, isJsonArray, type Json, textAt } from '../../lambdas/core/json.ts';
import { tryParseJson } from '../../lambdas/core/json-text.ts';
import { parseRecordPath } from '../../lambdas/core/record.ts';
import { type ItemKey, versionItemKey } from '../../lambdas/core/tables.ts';

/** What a function reported about an invalid row. Rows are named by their keys. */
export interface RowReport {
  /** The row that was set aside or repaired. */
  readonly row: string;
  /** The row that is invalid. Often the same. */
  readonly cause: string;
}

/** Names a row as errors do. */
export function rowName({ pk, sk }: ItemKey): string {
  return `${pk} ${sk}`;
}

/** Collects from the logs of all functions which invalid rows they set aside or repaired. */
export class RowReports {
  readonly reports: RowReport[] = [];
  /** Number of faults that met each function: a call that failed, or workers that ended. */
  readonly faults = new Map<string, number>();

  /** The caller passes every log line of every function. */
  onLogLine(line: string): void {
    this.onLogEntry(tryParseJson(line));
  }

  /** The same, parsed. */
  onLogEntry(entry: Json | undefined): void {
    const report = entry && reportIn(entry);
    if (report) this.reports.push(report);
  }

  onFault(functionId: string): void {
    this.faults.set(functionId, (this.faults.get(functionId) ?? 0) + 1);
  }
}

function reportIn(entry: Json): RowReport | undefined {
  const item = textAt(entry, 'item');
  switch (textAt(entry, 'message') ?? '') {
    case 'row.excluded':
      return excludedIn(entry, item);
    case 'row.repaired':
      return itself(item);
    case 'gate.mended':
      return itself(`gate ${textAt(entry, 'endpointId')}`);
    case 'quota.mended':
      return itself(`quota ${textAt(entry, 'calls')}`);
    case 'pass.restarted': {
      const isEdited = textAt(entry, 'reason') !== 'token-refused';
      return isEdited ? itself(`pass ${textAt(entry, 'catalog')}/${textAt(entry, 'pass')}`) : undefined;
    }
    default:
      return undefined;
  }
}

function excludedIn(entry: Json, item: string | undefined): RowReport | undefined {
  const [deliveryId, endpointId] = [textAt(entry, 'deliveryId'), textAt(entry, 'endpointId')];
  if (deliveryId !== undefined) {
    const row = `delivery#${deliveryId} delivery`;
    return { row, cause: versionIn(at(entry, 'problems')) ?? row };
  }
  if (endpointId !== undefined) return itself(`endpoint ${endpointId}`);
  const key = parseRecordPath(textAt(entry, 'record') ?? '');
  const version = at(entry, 'version');
  if (!key || item === undefined) return undefined;
  return {
    row: typeof version === 'number' ? rowName(versionItemKey({ ...key, version })) : item,
    cause: item,
  };
}

/** The version that a delivery was set aside for. */
function versionIn(problems: Json | undefined): string | undefined {
  const [first] = isJsonArray(problems) ? problems : [];
  return typeof first === 'string' ? /^the version (.+) is unreadable$/.exec(first)?.[1] : undefined;
}

function itself(row: string | undefined): RowReport | undefined {
  return row === undefined ? undefined : { row, cause: row };
}
