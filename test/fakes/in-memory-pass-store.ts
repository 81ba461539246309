import type { Instant } from '../../lambdas/core/instant.ts';
import type { PassKey, PassState } from '../../lambdas/core/pass.ts';
import type { ClaimedPass, PassStore } from '../../lambdas/ports/pass-store.ts';

/** The stored row of one pass. */
export interface PassRow {
  readonly state: PassState;
  readonly dueAt?: Instant | undefined;
  readonly leased?: boolean;
  readonly requested?: boolean;
  readonly fullRequestedAt?: Instant | undefined;
  readonly unreadable?: readonly string[];
}

export interface InMemoryPassStore extends PassStore {
  find(key: PassKey): PassRow | undefined;
  /** Edits members of a row by hand. */
  edit(key: PassKey, row: Partial<PassRow>): void;
}

export function inMemoryPassStore(): InMemoryPassStore {
  const rows = new Map<string, PassRow>();
  const find = (key: PassKey) => rows.get(pathOf(key));
  const edit = (key: PassKey, row: Partial<PassRow>) => {
    rows.set(pathOf(key), structuredClone({ state: {}, ...find(key), ...row }));
  };
  const isMine = ({ key, leaseEndsAt }: ClaimedPass) => {
    const row = find(key);
    return row?.leased === true && row.dueAt === leaseEndsAt;
  };
  return {
    find: (key) => structuredClone(find(key)),
    edit,
    async request(key, fullAt) {
      edit(key, { requested: true, ...(fullAt !== undefined && { fullRequestedAt: fullAt }) });
    },
    async claim(key, now, leaseEndsAt, latestDueAt) {
      const {
        dueAt,
        requested = false,
        leased = false,
        fullRequestedAt,
        ...row
      } = find(key) ?? { state: {} };
      const isEarly = dueAt !== undefined && now < dueAt && dueAt <= latestDueAt;
      if (isEarly && (leased || !requested)) return undefined;
      edit(key, { dueAt: leaseEndsAt, leased: true, requested: false });
      return structuredClone({
        key,
        leaseEndsAt,
        state: row.state,
        fullRequestedAt,
        unreadable: row.unreadable ?? [],
      });
    },
    async save(claimed, state, leaseEndsAt) {
      if (!isMine(claimed)) return undefined;
      edit(claimed.key, { state, dueAt: leaseEndsAt, unreadable: [] });
      return { ...claimed, state: structuredClone(state), leaseEndsAt };
    },
    async release(claimed, state, dueAt) {
      if (!isMine(claimed)) return 'superseded';
      edit(claimed.key, { state, dueAt, leased: false, unreadable: [] });
      return 'released';
    },
  };
}

function pathOf({ catalog, name }: PassKey): string {
  return `${catalog}/${name}`;
}
