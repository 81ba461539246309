import type { Admission, RequestRate } from '../core/request-rate.ts';

/** Counts the requests of each client, exactly across all workers. */
export interface RequestCounter {
  /** @throws ServiceError `store.unavailable` (later) */
  readonly admit: (clientId: string, rate: RequestRate, nowMs: number) => Promise<Admission>;
}
