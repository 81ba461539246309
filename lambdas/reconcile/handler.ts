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
import { readLimiter } from '../quota/read-limiter.ts';
import { lambdaHandler } from '../runtime/lambda-handler.ts';
import { reconcileContract } from './contract.ts';
import { reconcile } from './reconcile.ts';
import { timingOf } from './timing.ts';

/**
 * A page usually takes well under a second. The last page of a run must end before the function
 * times out.
 */
const readTimeoutMs = 8_000;
/** How long a page may wait for a permit: `hydrate` has priority. */
const patienceMs = 5_000;

export const handler = lambdaHandler(reconcileContract, ({ env, log, metrics }) => {
  const dynamodb = dynamodbClient();
  const sqs = sqsClient();
  // Created once per worker: it learns the clock offsets of other workers.
  const quota = readLimiter({
    ledger: dynamodbQuotaLedger(dynamodb, env.CONTROL_TABLE_NAME),
    limits: { perSecond: env.READS_PER_SECOND, perDay: env.READS_PER_DAY },
    writer: `${reconcileContract.name}-${systemRandom.next()}`,
    purpose: 'reconcile',
    patienceMs,
    clock: systemClock,
    random: systemRandom,
    log,
    metrics,
  });
  const deps = {
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
    timing: timingOf({
      reconcileMinutes: env.RECONCILE_MINUTES,
      fullPassDays: env.FULL_PASS_DAYS,
      expiringDays: env.EXPIRING_DAYS,
      silenceDays: env.SILENCE_DAYS,
      timeScale: env.TIME_SCALE,
    }),
    log,
    metrics,
  };
  return (event: Json | undefined) => reconcile(event, deps);
});
