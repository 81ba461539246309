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
    changed: () => undefined,
    lastEvent: () => undefined,
    putStrange: () => undefined,
  });
});

/** What `act` makes the partner send. */
function eventsOf(act: () => void): number {
  const before = emitted;
  act();
  return emitted - before;
}

function anOpportunity(): string {
  return `AWS/opportunity/${partner.createOpportunity('AWS', {})}`;
}

describe('afterthoughts of the partner', () => {
  it('change what was read and stored in this very second, once, when all else is done', async () => {
    const path = anOpportunity();
    expect(eventsOf(() => workload.wasStored(path, thisSecondMs))).toBe(0);
    await workload.run(0);
    expect(eventsOf(() => workload.wasStored(path, lastSecondMs))).toBe(0);
    expect(eventsOf(() => workload.wasStored(path, thisSecondMs))).toBe(1);
    expect(eventsOf(() => workload.wasStored(path, thisSecondMs))).toBe(0);
    workload.close();
    const another = anOpportunity();
    expect(eventsOf(() => workload.wasStored(another, thisSecondMs))).toBe(0);
  });

  it('change an opportunity while an answer about it is held back, once, and nothing else', () => {
    const path = anOpportunity();
    expect(eventsOf(() => workload.wasHeldBack(path))).toBe(1);
    expect(eventsOf(() => workload.wasHeldBack(path))).toBe(0);
    expect(eventsOf(() => workload.wasHeldBack('AWS/engagement/eng-0000000000'))).toBe(0);
  });

  it('change a few once more at the end, and leave the others as the storm has left them', async () => {
    await workload.run(0);
    expect(eventsOf(() => workload.changeLast())).toBe(6);
  });
});
