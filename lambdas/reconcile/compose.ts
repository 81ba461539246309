import type { Json } from '../core/json.ts';
import type { PartnerCentral } from '../ports/partner-central.ts';
import type { Quota } from '../ports/quota.ts';
import type { QuotaLedgerStore } from '../ports/quota-ledger-store.ts';
import type { Random } from '../ports/random.ts';
import { readLimiters } from '../quota/read-limiter.ts';
import type { RuntimeWith } from '../runtime/runtime.ts';
import { reconcileContract } from './contract.ts';
import type { ReconcileDeps } from './deps.ts';
import { reconcile } from './reconcile.ts';
import { timingOf } from './timing.ts';

/** How long a page may wait for a permit: `hydrate` has priority. */
const patienceMs = 5_000;

/** What `reconcile` uses of its surroundings. */
export interface ReconcilePorts
  extends Pick<ReconcileDeps, 'passes' | 'sightings' | 'records' | 'index' | 'feeds' | 'clock'> {
  readonly ledger: QuotaLedgerStore;
  readonly partnerCentral: (quota: Quota) => PartnerCentral;
  readonly random: Random;
}

type ReconcileRuntime = RuntimeWith<
  typeof reconcileContract,
  | 'CATALOGS'
  | 'READS_PER_SECOND'
  | 'READS_PER_DAY'
  | 'RECONCILE_MINUTES'
  | 'FULL_PASS_DAYS'
  | 'EXPIRING_DAYS'
  | 'REMINDERS'
  | 'SILENCE_DAYS'
  | 'TIME_SCALE'
>;

/** Composes `reconcile` at cold start. Returns the function that handles one invocation. */
export function composeReconcile(
  { env, log, metrics }: ReconcileRuntime,
  { ledger, partnerCentral, random, ...ports }: ReconcilePorts,
): (event: Json | undefined) => ReturnType<typeof reconcile> {
  // Created once per worker: it learns the clock offsets of other workers.
  const limit = readLimiters({
    ledger,
    limits: { perSecond: env.READS_PER_SECOND, perDay: env.READS_PER_DAY },
    writer: `${reconcileContract.name}-${random.next()}`,
    clock: ports.clock,
    random,
    log,
    metrics,
  });
  const deps = {
    ...ports,
    catalogs: env.CATALOGS,
    partnerCentral: partnerCentral(limit({ purpose: 'reconcile', patienceMs })),
    timing: timingOf({
      reconcileMinutes: env.RECONCILE_MINUTES,
      fullPassDays: env.FULL_PASS_DAYS,
      expiringDays: env.EXPIRING_DAYS,
      reminders: env.REMINDERS,
      silenceDays: env.SILENCE_DAYS,
      timeScale: env.TIME_SCALE,
    }),
    log,
    metrics,
  };
  return (event) => reconcile(event, deps);
}
