/**
 * The stored attributes. They can be edited by hand, so `parseLedger` in lambdas/quota parses them.
 */
export type LedgerItem = Readonly<Record<string, unknown>>;

export interface StoredLedger {
  /** Undefined if there is no item yet. */
  readonly item: LedgerItem | undefined;
  /** Number of the write that produced the item; 0 if there is no item or its number is invalid. */
  readonly revision: number;
}

/**
 * The item that holds the quota ledger.
 * @throws ServiceError `store.unavailable` (later) from every call.
 */
export interface QuotaLedgerStore {
  /** A consistent read. */
  read(): Promise<StoredLedger>;
  /**
   * Writes the next revision, if `revision` is still the current one. `raced`: another worker wrote
   * in between.
   */
  write(ledger: LedgerItem, revision: number): Promise<'written' | 'raced'>;
}
