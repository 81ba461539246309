import { dynamodbClient, sqsClient } from '../adapters/aws-clients.ts';
import { dynamodbPassStore } from '../adapters/dynamodb-pass-store.ts';
import { dynamodbQuotaLedger } from '../adapters/dynamodb-quota-ledger.ts';
import { dynamodbRecordIndex } from '../adapters/dynamodb-record-index.ts';
import { dynamodbRecordStore } from '../adapters/dynamodb-record-store.ts';
import { dynamodbSightings } from '../adapters/dynamodb-sightings.ts';
import { sellingApiPartnerCentral } from '../adapters/selling-api-partner-central.ts';
import { sqsFindingQueue } from '../adapters/sqs-finding-queue.ts';
import { systemClock } from '../adapters/system-clock.ts';
import { systemRandom } from '../adapters/system-random.ts';
import type { Json } from '../core/json.ts';
import { readEnv } from '../runtime/env.ts';
import { ledgerReadQuota } from '../runtime/ledger-read-quota.ts';
import { type Observed, observed } from '../runtime/observed.ts';
import { reconcileContract as contract } from './contract.ts';
import { type Reconcile, reconcile } from './reconcile.ts';
import { timingOf } from './timing.ts';

/** A page takes well under a second; the function must outlast the last one that it takes up. */
const readTimeoutMs = 8_000;
/** How long a page may wait for its turn to be read: `hydrate` goes first. */
const patienceMs = 5_000;

const env = readEnv(contract.environment, process.env);
const dynamodb = dynamodbClient();
const sqs = sqsClient();
const timing = timingOf({
  reconcileMinutes: env.RECONCILE_MINUTES,
  fullPassDays: env.FULL_PASS_DAYS,
  expiringDays: env.EXPIRING_DAYS,
  silenceDays: env.SILENCE_DAYS,
  timeScale: env.TIME_SCALE,
});

function compose({ log, metrics }: Observed<typeof contract>): Reconcile {
  const quota = ledgerReadQuota({
    ledger: dynamodbQuotaLedger(dynamodb, env.CONTROL_TABLE_NAME),
    limits: { perSecond: env.READS_PER_SECOND, perDay: env.READS_PER_DAY },
    writer: `${contract.name}-${systemRandom.next()}`,
    purpose: 'reconcile',
    patienceMs,
    clock: systemClock,
    random: systemRandom,
    log,
    metrics,
  });
  return {
    catalogs: env.CATALOGS,
    partnerCentral: sellingApiPartnerCentral({ timeoutMs: readTimeoutMs, quota }),
    passes: dynamodbPassStore(dynamodb, env.CONTROL_TABLE_NAME),
    sightings: dynamodbSightings(dynamodb, env.CONTROL_TABLE_NAME),
    records: dynamodbRecordStore(dynamodb, env.RECORDS_TABLE_NAME),
    index: dynamodbRecordIndex(dynamodb, env.RECORDS_TABLE_NAME),
    feeds: {
      opportunity: { queue: sqsFindingQueue(sqs, env.OPPORTUNITY_QUEUE_URL) },
      'engagement-invitation': { queue: sqsFindingQueue(sqs, env.INVITATION_QUEUE_URL) },
      engagement: { queue: sqsFindingQueue(sqs, env.ENGAGEMENT_QUEUE_URL) },
    },
    clock: systemClock,
    timing,
    log,
    metrics,
  };
}

// Once, and not for every run: the quota remembers whose clock is how far off.
let parts: Reconcile | undefined;

export const handler = observed(contract, (event: Json | undefined, seen) => {
  parts ??= compose(seen);
  return reconcile(event, parts);
});
