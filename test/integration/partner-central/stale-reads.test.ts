import { ListOpportunitiesCommand } from '@aws-sdk/client-partnercentral-selling';
import { describe, expect } from 'vitest';
import { seededRandom } from '../../../local/partner-central/seeded-random.ts';
import {
  bodyOf,
  engagement,
  invitation,
  it,
  opportunity,
  type RunningSimulator,
} from './simulator-under-test.ts';

/** Every read has the longest lag. */
const longest = () => 1 - Number.EPSILON;

/** Changes a record thirty times, and returns the next steps of ten stale reads. */
async function readNextSteps({ partner, client, simulator, clock }: RunningSimulator) {
  const id = partner.createOpportunity('AWS');
  for (let step = 0; step < 30; step += 1) {
    clock.nowMs += 100;
    partner.updateOpportunity(id, { patch: { LifeCycle: { NextSteps: `step ${step}` } } });
  }
  simulator.serveStaleReads(2500);
  const steps: (string | undefined)[] = [];
  for (let read = 0; read < 10; read += 1)
    steps.push((await client.send(opportunity(id))).LifeCycle?.NextSteps);
  return steps;
}

describe('stale reads', () => {
  it('return an earlier state, while the truth has the current one', async ({ startSimulator }) => {
    const { partner, client, simulator, clock } = await startSimulator({ random: longest });
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

  it('do not find records younger than the lag, also in lists, until the lag is 0', async ({
    startSimulator,
  }) => {
    const { partner, client, simulator, clock } = await startSimulator({ random: longest });
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

  it('see changes of access and content only after the lag', async ({ startSimulator }) => {
    const { partner, client, simulator, clock } = await startSimulator({ random: longest });
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

  it('lag randomly, as the seed decides', async ({ startSimulator }) => {
    const readWithSeed = async (seed: number) =>
      readNextSteps(await startSimulator({ random: seededRandom(seed) }));
    const steps = await readWithSeed(3);
    expect(new Set(steps).size).toBeGreaterThan(3);
    expect(await readWithSeed(3)).toEqual(steps);
    expect(await readWithSeed(4)).not.toEqual(steps);
  });

  it('cannot be older than the kept states', async ({ simulator }) => {
    expect(() => simulator.serveStaleReads(60_001)).toThrow('60000 ms');
  });

  it('return the state of exactly the longest lag', async ({ startSimulator }) => {
    const { partner, client, simulator, clock } = await startSimulator({ random: longest });
    const id = partner.createOpportunity('AWS');
    for (let second = 0; second < 200; second += 1) {
      clock.nowMs += 1000;
      partner.updateOpportunity(id, { patch: { LifeCycle: { NextSteps: `second ${second}` } } });
    }
    simulator.serveStaleReads(60_000);
    expect((await client.send(opportunity(id))).LifeCycle?.NextSteps).toBe('second 139');
  });
});
