import { isDeepStrictEqual } from 'node:util';
import type { QuotaLedgerStore, StoredLedger } from '../../lambdas/ports/quota-ledger-store.ts';
import type { QuotaLedger } from '../../lambdas/quota/ledger.ts';

export interface InMemoryQuotaLedger extends QuotaLedgerStore {
  /** Edits attributes of the item by hand; `undefined` removes one. */
  edit(attributes: Readonly<Record<string, unknown>>): void;
  /** Names of the calls, in their order. */
  readonly calls: readonly (keyof QuotaLedgerStore)[];
}

export function inMemoryQuotaLedger(): InMemoryQuotaLedger {
  let item: StoredLedger['item'];
  const calls: (keyof QuotaLedgerStore)[] = [];
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
  const stored = () => ({ item: structuredClone(item), revision: revision() });
  return {
    calls,
    async read() {
      calls.push('read');
      return stored();
    },
    async write(ledger, readRevision) {
      calls.push('write');
      if (readRevision !== revision()) return 'raced';
      replace({ ...structuredClone(ledger), revision: readRevision + 1 });
      return 'written';
    },
    async replaceOwn(ledger, own) {
      calls.push('replaceOwn');
      const { pk: _pk, sk: _sk, format: _format, ...attributes } = item ?? {};
      const written = Object.fromEntries(
        Object.entries({ ...own.item, revision: own.revision }).filter(([, value]) => value !== undefined),
      );
      if (!isDeepStrictEqual(attributes, written)) return stored();
      replace({ ...structuredClone(ledger), revision: own.revision + 1 });
      return 'written';
    },
    edit: (attributes) => replace({ ...item, ...attributes }),
  };
}
