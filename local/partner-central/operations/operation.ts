import type { JsonObject } from '../../../lambdas/core/json.ts';
import type { RecordKind } from '../../../lambdas/core/record.ts';
import type { PartnerView } from '../model/simulated-partner.ts';
import type { SimulatedRecord } from '../model/simulated-records.ts';
import type { SimulatedWrites } from '../model/simulated-writes.ts';
import { accessDenied, notFound } from '../wire/wire-error.ts';
import type { PageTokens } from './page-tokens.ts';

/** The state that operations read and write. */
export interface OperationContext {
  /** What reads return, which can be stale. */
  readonly view: PartnerView;
  readonly tokens: PageTokens;
  readonly writes: SimulatedWrites;
}

/** @throws WireError */
export type Operation = (service: OperationContext, input: JsonObject) => JsonObject;

/**
 * @param records what a read returns, or for a write the current records
 * @throws WireError if the record does not exist or is not accessible
 */
export function readRecord(
  records: Pick<PartnerView, 'find'>,
  catalog: string,
  kind: RecordKind,
  id: string,
): SimulatedRecord {
  const record = records.find(catalog, kind, id);
  if (!record) throw notFound();
  if (record.inaccessible) throw accessDenied();
  return record;
}
