import { dynamodbQuotaLedger } from '../../../lambdas/adapters/dynamodb-quota-ledger.ts';
import { epochMsOf } from '../../../lambdas/core/instant.ts';
import type { QuotaLimits } from '../../../lambdas/quota/ledger.ts';
import { ledgerItem, parseLedger } from '../../../lambdas/quota/ledger-item.ts';
import { readPurposes } from '../../../lambdas/quota/purposes.ts';
import { reservePermits } from '../../../lambdas/quota/reserve-permits.ts';
import type { Io } from '../io.ts';
import type { Relay } from '../relay.ts';

const mostAttempts = 10;
/** Time between reading and writing the ledger. */
const leadMs = 300;

/**
 * Acquires a permit for one read of Partner Central, like the functions do.
 * @returns false if no permit is available soon: nothing may be read then
 */
export async function acquirePermit(
  limits: QuotaLimits,
  { clients, output }: Pick<Relay, 'clients' | 'output'>,
  { clock, random }: Pick<Io, 'clock' | 'random'>,
): Promise<boolean> {
  const store = dynamodbQuotaLedger(clients.dynamodb, output('ControlTableName'), 'reads');
  const writer = `pcr-${random.next()}`;
  for (let attempt = 0; attempt < mostAttempts; attempt += 1) {
    const { item, revision } = await store.read();
    const nowMs = clock.nowMs();
    const ledger = item && parseLedger(item, { writer, nowMs, limits }).ledger;
    // Treats the ledger as written now. That bounds the difference of the clocks; a late permit
    // does no harm.
    const offsetMs = ledger ? nowMs - epochMsOf(ledger.writtenAt) : 0;
    const answer = reservePermits(
      ledger,
      { writer, nowMs, offsetMs, leadMs, purpose: readPurposes.record, wanted: 1 },
      limits,
    );
    if (!('granted' in answer)) {
      if (answer.limit !== 'rate') return false;
      await clock.sleep(answer.waitMs);
    } else if ((await store.write(ledgerItem(answer.ledger), revision)) === 'written') {
      await clock.sleep(Math.max(0, answer.firstAtMs - clock.nowMs()));
      return true;
    }
  }
  return false;
}
