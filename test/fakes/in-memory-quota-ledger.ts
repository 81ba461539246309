import type { QuotaLedgerStore, StoredLedger } from '../../lambdas/ports/quota-ledger-store.ts';
import type { QuotaLedger } from '../../lambdas/quota/ledger.ts';

export interface InMemoryQuotaLedger extends QuotaLedgerStore {
  /** Edits attributes of the item by hand; `undefined` removes one. */
  edit(attributes: Readonly<Record<string, unknown>>): void;
}

export function inMemoryQuotaLedger(): InMemoryQuotaLedger {
  let item: StoredLedger['item'];
  const revision = () => {
    const value = item?.['revision'];
    return typeof value === 'number' && value >= 1 && value < Number.MAX_SAFE_INTEGER ? value : 0;
  };
  const replace = (attributes: QuotaLedger | Readonly<Record<string, unknown>>) => {
    item = Object.fromEntries(
      Object.entries({ pk: 'quota', sk: 'reads', format: 1, ...attributes }).filter(
        ([, value]) => value !== undefined,
      ),
    );
  };
  return {
    read: async () => ({ item: structuredClone(item), revision: revision() }),
    async write(ledger, readRevision) {
      if (readRevision !== revision()) return 'raced';
      replace({ ...structuredClone(ledger), revision: readRevision + 1 });
      return 'written';
    },
    edit: (attributes) => replace({ ...item, ...attributes }),
  };
}
