import type { QuotaLedger } from '../core/quota-ledger.ts';

/** The item as it stands, which people can edit: `parseLedger` makes a ledger of it. Undefined where there is none yet. */
export interface ReadLedger {
  readonly item: Readonly<Record<string, unknown>> | undefined;
  /** The number of the write that it comes from; 0 where it carries none. */
  readonly revision: number;
}

/**
 * The one item that says how much of the read quota is spent.
 * @throws ServiceError `store.unavailable` (later) from every call.
 */
export interface QuotaLedgerStore {
  /** Read consistently. */
  read(): Promise<ReadLedger>;
  /** Writes it under the next revision, provided that `revision` still stands. `raced`: somebody else wrote in between. */
  write(ledger: QuotaLedger, revision: number): Promise<'written' | 'raced'>;
}
