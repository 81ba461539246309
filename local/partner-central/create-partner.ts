import type { WriteDeal } from './model/deal-texts.ts';
import type { PartnerEventEnvelope } from './model/partner-events.ts';
import { SimulatedPartner } from './model/simulated-partner.ts';
import { type Random, seededRandom } from './seeded-random.ts';

/**
 * Creates a partner that uses the real clock.
 * @param random by default the same seed for every partner
 * @param writeDeal makes the texts of deals. @default texts in many scripts, for tests
 * @returns the partner, and a list to which it adds each event that it emits
 */
export function createPartner(
  random: Random = seededRandom(1),
  writeDeal?: WriteDeal,
): {
  readonly partner: SimulatedPartner;
  readonly emitted: PartnerEventEnvelope[];
} {
  const emitted: PartnerEventEnvelope[] = [];
  const partner = new SimulatedPartner({
    random,
    nowMs: Date.now,
    accountId: '111122223333',
    ...(writeDeal && { writeDeal }),
    emit: (event) => emitted.push(event),
  });
  return { partner, emitted };
}
