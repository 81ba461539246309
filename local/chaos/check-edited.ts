import { deliveryKey } from '../../lambdas/adapters/delivery-item.ts';
import { deliveryIdOf, type EndpointId, isMessageId } from '../../lambdas/core/ids.ts';
import { textAt } from '../../lambdas/core/json.ts';
import { tryParseJson } from '../../lambdas/core/json-text.ts';
import { versionItemKey } from '../../lambdas/core/tables.ts';
import type { Version } from '../../lambdas/core/version.ts';
import { reconcileId } from '../function-ids.ts';
import type { ParkedMessage } from '../observation.ts';
import type { Evidence, Violation } from './evidence.ts';
import { rowName } from './row-reports.ts';

/** Whether the row of a delivery was edited by hand. Then its message may never be sent. */
export function isEdited(
  messageId: string,
  endpointId: EndpointId,
  { rowEdits }: Pick<Evidence, 'rowEdits'>,
): boolean {
  return isMessageId(messageId) && rowEdits.has(deliveryName(messageId, endpointId));
}

/**
 * Whether a version, or its delivery to the endpoint, was edited by hand or set aside. Its message
 * is sent after the row is repaired, and later versions do not wait for that.
 */
export function mayBeLate(
  version: Version,
  endpointId: EndpointId,
  { rowEdits, rowReports }: Evidence,
): boolean {
  const names = [rowName(versionItemKey(version)), deliveryName(version.messageId, endpointId)];
  return names.some((name) => rowEdits.has(name) || rowReports.some(({ row }) => row === name));
}

function deliveryName(messageId: Version['messageId'], endpointId: EndpointId): string {
  return rowName(deliveryKey(deliveryIdOf(messageId, endpointId)));
}

/** Whether a message is parked because a row that it needs was edited by hand. */
export function isParkedByEdit({ body, code, reason }: ParkedMessage, { rowEdits }: Evidence): boolean {
  const item = textAt(tryParseJson(reason ?? ''), 'item');
  if (code === 'record.unreadable') return item !== undefined && rowEdits.has(item);
  const deliveryId = textAt(tryParseJson(body), 'deliveryId');
  return deliveryId !== undefined && rowEdits.has(`delivery#${deliveryId} delivery`);
}

/** Promise 1: only rows that were edited by hand are set aside or repaired, each reported once. */
export function checkRowReports(evidence: Evidence): Violation[] {
  const { rowReports, rowEdits } = evidence;
  const byRow = Map.groupBy(rowReports, ({ row, cause }) => `${row}\n${cause}`);
  return [...byRow.values()].flatMap((same): Violation[] => {
    const [first] = same;
    if (!first) return [];
    const { row, cause } = first;
    const of = row === cause ? '' : ` because of ${cause}`;
    if (!rowEdits.has(cause)) return [{ promise: 1, what: `${row} was reported${of}, but not edited` }];
    if (same.length <= mostReports(cause, evidence)) return [];
    return [{ promise: 1, what: `${row} was reported ${same.length} times${of}` }];
  });
}

/**
 * One for each edit. The pause because of an endpoint is in its gate, so to edit that begins it
 * again. So does the Retry-After of a request that began before the edit.
 * A pass is reported before it is saved, so after a fault it is reported again.
 */
function mostReports(row: string, { rowEdits, functionFaults }: Evidence): number {
  const edits = rowEdits.get(row) ?? 0;
  const [partition, id] = row.split(' ');
  if (partition === 'endpoint') return 2 * edits + (rowEdits.get(`gate ${id}`) ?? 0);
  if (partition === 'pass') return edits + (functionFaults.get(reconcileId) ?? 0);
  return edits;
}
