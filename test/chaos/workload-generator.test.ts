import { beforeEach, describe, expect, it } from 'vitest';
import { Canaries } from '../../local/chaos/canaries.ts';
import { WorkloadGenerator } from '../../local/chaos/workload-generator.ts';
import { SimulatedPartner } from '../../local/partner-central/model/simulated-partner.ts';
import { seededRandom } from '../../local/partner-central/seeded-random.ts';

const nowMs = Date.parse('2031-05-06T10:00:00.900Z');
const thisSecondMs = nowMs - 850;
const lastSecondMs = nowMs - 950;

let partner: SimulatedPartner;
let workload: WorkloadGenerator;
let emitted: number;

beforeEach(() => {
  emitted = 0;
  partner = new SimulatedPartner({
    random: seededRandom(1),
    nowMs: () => nowMs,
    accountId: '111122223333',
    emit: () => {
      emitted += 1;
    },
  });
  workload = new WorkloadGenerator({
    partner,
    random: seededRandom(2),
    nowMs: () => nowMs,
    canaries: new Canaries(seededRandom(3)),
    onChange: () => undefined,
    lastEvent: () => undefined,
    emitUnusable: () => undefined,
    waitUntil: () => Promise.resolve(),
  });
});

/** Number of events that the partner emits while `act` runs. */
function eventsOf(act: () => void): number {
  const before = emitted;
  act();
  return emitted - before;
}

function anOpportunity(): string {
  return `AWS/opportunity/${partner.createOpportunity('AWS', {})}`;
}

describe('WorkloadGenerator', () => {
  it('changes a record once if it was read and stored in the current second, after all other changes', async () => {
    const path = anOpportunity();
    expect(eventsOf(() => workload.onStored(path, thisSecondMs))).toBe(0);
    await workload.run(0);
    expect(eventsOf(() => workload.onStored(path, lastSecondMs))).toBe(0);
    expect(eventsOf(() => workload.onStored(path, thisSecondMs))).toBe(1);
    expect(eventsOf(() => workload.onStored(path, thisSecondMs))).toBe(0);
    workload.close();
    const another = anOpportunity();
    expect(eventsOf(() => workload.onStored(another, thisSecondMs))).toBe(0);
  });

  it('changes an opportunity once while an answer about it is delayed, and no other kind of record', () => {
    const path = anOpportunity();
    expect(eventsOf(() => workload.onAnswerDelayed(path))).toBe(1);
    expect(eventsOf(() => workload.onAnswerDelayed(path))).toBe(0);
    expect(eventsOf(() => workload.onAnswerDelayed('AWS/engagement/eng-0000000000'))).toBe(0);
  });

  it('changes six opportunities once more at the end', async () => {
    await workload.run(0);
    expect(eventsOf(() => workload.makeLastChanges())).toBe(6);
  });
});
