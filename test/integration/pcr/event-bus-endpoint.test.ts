import { afterAll, beforeAll, expect, test } from 'vitest';
import { type DeployedStage, startDeployedStage } from './deployed-stage.ts';

const busArn = 'arn:aws:events:us-east-1:111122223333:event-bus/partners';

let deployed: DeployedStage;
beforeAll(async () => {
  deployed = await startDeployedStage();
});
afterAll(() => deployed?.stop());

test('an endpoint that is an event bus gets what it wants, filtered and in its form, and each delivery has its log', async () => {
  const { partner, stage, pcr, carry } = deployed;
  const filter = { data: { record: { LifeCycle: { Stage: ['Qualified'] } } } };
  const chosen = ['--topic', 'opportunity.*', '--filter', JSON.stringify(filter), '--payload', 'thin'];
  expect(await pcr('endpoints', 'add', '--id', 'ep_bus', '--event-bus', busArn, ...chosen)).toMatchObject({
    code: 0,
  });

  const id = partner.createOpportunity('AWS', { patch: { LifeCycle: { Stage: 'Prospect' } } });
  await carry();
  await stage.idle();
  partner.updateOpportunity(id, { patch: { LifeCycle: { Stage: 'Qualified' } } });
  await carry();
  await stage.idle();

  await expect.poll(() => stage.buses.events.length, { timeout: 60_000 }).toBe(1);
  expect(stage.buses.events).toEqual([
    {
      id: expect.any(String),
      busArn,
      source: 'partner-central-relay',
      detailType: 'opportunity.updated',
      detail: expect.objectContaining({
        type: 'opportunity.updated',
        data: expect.objectContaining({ id, version: 2, changes: expect.any(Array) }),
      }),
    },
  ]);
  expect(stage.buses.events[0]?.detail).not.toHaveProperty('data.record');

  const { code, out } = await pcr('deliveries', 'list', '--endpoint', 'ep_bus', '--json');
  expect(code).toBe(0);
  const listed: unknown = JSON.parse(out);
  expect(JSON.stringify(listed)).toContain('"status":"delivered"');
});
