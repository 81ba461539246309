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
  /**
   * Writes the next revision over the one that this worker wrote last, without a read before it.
   * @param own what it wrote
   * @returns the stored one if another worker wrote since, or if the item was edited by hand; then
   *   nothing was written.
   */
  replaceOwn(ledger: LedgerItem, own: StoredLedger): Promise<'written' | StoredLedger>;
}
