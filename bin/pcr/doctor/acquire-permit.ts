import { dynamodbQuotaLedger } from '../../../lambdas/adapters/dynamodb-quota-ledger.ts';
import { epochMsOf } from '../../../lambdas/core/instant.ts';
import type { ReadLimits } from '../../../lambdas/quota/ledger.ts';
import { parseLedger } from '../../../lambdas/quota/ledger-item.ts';
import { reservePermits } from '../../../lambdas/quota/reserve-permits.ts';
import type { Io } from '../io.ts';
import type { Relay } from '../relay.ts';

const mostAttempts = 10;
/** From reading the ledger to having written it. */
const leadMs = 300;

/**
 * Waits for one turn at the account's read quota, as the functions do.
 * @returns false where there is none to be had soon: nothing may be read then
 */
export async function acquirePermit(
  { clients, output }: Pick<Relay, 'clients' | 'output'>,
  limits: ReadLimits,
  { clock, random }: Pick<Io, 'clock' | 'random'>,
): Promise<boolean> {
  const store = dynamodbQuotaLedger(clients.dynamodb, output('ControlTableName'));
  const writer = `pcr-${random.next()}`;
  for (let attempt = 0; attempt < mostAttempts; attempt += 1) {
    const { item, revision } = await store.read();
    const nowMs = clock.nowMs();
    const ledger = item && parseLedger(item, { writer, nowMs, limits }).ledger;
    // As if it had been written just now: clocks may differ by no more than that, and a turn that is late is none too many.
    const offsetMs = ledger ? nowMs - epochMsOf(ledger.writtenAt) : 0;
    const answer = reservePermits(
      ledger,
      { writer, nowMs, offsetMs, leadMs, purpose: 'record', wanted: 1 },
      limits,
    );
    if (!('granted' in answer)) {
      if (answer.limit !== 'rate') return false;
      await clock.sleep(answer.waitMs);
    } else if ((await store.write(answer.ledger, revision)) === 'written') {
      await clock.sleep(Math.max(0, answer.firstAtMs - clock.nowMs()));
      return true;
    }
  }
  return false;
}
