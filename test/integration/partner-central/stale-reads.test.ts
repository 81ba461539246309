import { ListOpportunitiesCommand } from '@aws-sdk/client-partnercentral-selling';
import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../../local/partner-central/seeded-random.ts';
import { bodyOf, engagement, invitation, opportunity, running } from './simulator-under-test.ts';

/** The longest lag that the simulator was told of, at each read. */
const longest = () => 1 - Number.EPSILON;

/** What ten reads of a record show that has just changed thirty times. */
async function stepsSeen(seed: number) {
  const { partner, client, simulator, clock } = await running({ random: seededRandom(seed) });
  const id = partner.createOpportunity('AWS');
  for (let step = 0; step < 30; step += 1) {
    clock.nowMs += 100;
    partner.updateOpportunity(id, { patch: { LifeCycle: { NextSteps: `step ${step}` } } });
  }
  simulator.serveStaleReads(2500);
  const seen: (string | undefined)[] = [];
  for (let read = 0; read < 10; read += 1)
    seen.push((await client.send(opportunity(id))).LifeCycle?.NextSteps);
  return seen;
}

describe('stale reads', () => {
  test('answer what stood there before; the truth does not wait', async () => {
    const { partner, client, simulator, clock } = await running({ random: longest });
    const id = partner.createOpportunity('AWS');
    clock.nowMs += 10_000;
    simulator.serveStaleReads(3000);
    const stage = async () => (await client.send(opportunity(id))).LifeCycle?.Stage;
    partner.updateOpportunity(id, { patch: { LifeCycle: { Stage: 'Qualified' } } });
    clock.nowMs += 2999;
    partner.updateOpportunity(id, { patch: { LifeCycle: { Stage: 'Committed' } } });
    expect(await stage()).toBe('Prospect');
    expect(bodyOf(partner, `AWS/opportunity/${id}`)).toMatchObject({ LifeCycle: { Stage: 'Committed' } });
    clock.nowMs += 1;
    expect(await stage()).toBe('Qualified');
    clock.nowMs += 2999;
    expect(await stage()).toBe('Committed');
  });

  test('do not find what is younger than the lag, nor in lists; 0 ends it', async () => {
    const { partner, client, simulator, clock } = await running({ random: longest });
    simulator.serveStaleReads(1000);
    const id = partner.createOpportunity('AWS');
    clock.nowMs += 999;
    const list = new ListOpportunitiesCommand({ Catalog: 'AWS' });
    await expect(client.send(opportunity(id))).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
    expect((await client.send(list)).OpportunitySummaries).toEqual([]);
    simulator.serveStaleReads(0);
    expect(await client.send(opportunity(id))).toMatchObject({ Id: id });
    simulator.serveStaleReads(1000);
    clock.nowMs += 1;
    expect((await client.send(list)).OpportunitySummaries).toMatchObject([{ Id: id }]);
  });

  test('know later of access too, given or taken', async () => {
    const { partner, client, simulator, clock } = await running({ random: longest });
    const joined = partner.createEngagement('AWS');
    const rejected = partner.createInvitation('AWS', 'OpportunityInvitation');
    clock.nowMs += 5000;
    simulator.serveStaleReads(1000);
    partner.rejectInvitation(rejected);
    partner.updateEngagement(joined, { patch: { Title: 'Another title' } });
    expect(await client.send(invitation(rejected))).toMatchObject({ Status: 'PENDING' });
    expect((await client.send(engagement(joined))).Title).not.toBe('Another title');
    clock.nowMs += 1000;
    await expect(client.send(invitation(rejected))).rejects.toMatchObject({ name: 'AccessDeniedException' });
    expect(await client.send(engagement(joined))).toMatchObject({ Title: 'Another title' });
  });

  test('lag by chance, which the seed decides', async () => {
    const seen = await stepsSeen(3);
    expect(new Set(seen).size).toBeGreaterThan(3);
    expect(await stepsSeen(3)).toEqual(seen);
    expect(await stepsSeen(4)).not.toEqual(seen);
  });

  test('cannot be older than what is kept', async () => {
    const { simulator } = await running();
    expect(() => simulator.serveStaleReads(60_001)).toThrow('60000 ms');
  });

  test('history is kept no longer than it can be asked for', async () => {
    const { partner, client, simulator, clock } = await running({ random: longest });
    const id = partner.createOpportunity('AWS');
    for (let second = 0; second < 200; second += 1) {
      clock.nowMs += 1000;
      partner.updateOpportunity(id, { patch: { LifeCycle: { NextSteps: `second ${second}` } } });
    }
    simulator.serveStaleReads(60_000);
    expect((await client.send(opportunity(id))).LifeCycle?.NextSteps).toBe('second 139');
  });
});
