import type { IncomingMessage } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { JsonObject } from '../../../lambdas/core/json.ts';
import { startLoopbackServer } from '../../../local/loopback-server.ts';
import { type CrmStage, startCrmStage } from './crm-stage.ts';
import type { RunningCrm } from './running-crm.ts';

/* Two CRMs of examples/crm beside one relay: `marked` has its echoes marked, `omitted` omitted. */

let stage: CrmStage;
let marked: RunningCrm;
let omitted: RunningCrm;

beforeAll(async () => {
  stage = await startCrmStage();
  [marked, omitted] = [await stage.addCrm('crm-a', 'mark'), await stage.addCrm('crm-b', 'omit')];
});
afterAll(() => stage?.stop());

/** An opportunity that takes updates, as both CRMs know it. */
async function createDeal(): Promise<string> {
  const LifeCycle = { ReviewStatus: 'Approved', NextSteps: 'Call the customer' };
  const id = stage.partner.createOpportunity('AWS', { patch: { LifeCycle } });
  await vi.waitFor(async () => {
    for (const crm of [marked, omitted]) expect((await crm.deals()).map((each) => each.id)).toContain(id);
  }, patience);
  return id;
}

/** Longer than anything here takes, also on a busy machine. */
const patience = { timeout: 100_000, interval: 200 };

const stateOf = async (crm: RunningCrm, key: string) => (await crm.edits()).find((each) => each.key === key);
const seeState = (crm: RunningCrm, key: string, expected: object) =>
  vi.waitFor(async () => expect(await stateOf(crm, key)).toMatchObject(expected), patience);
const newsOf = async (crm: RunningCrm, id: string) =>
  (await crm.news()).flatMap(({ deal, path, after }) => (deal === id ? [[path, after]] : []));
const writesOf = (id: string) => stage.partner.writes.effective.filter((write) => write.id === id);
const dealOf = async (crm: RunningCrm, id: string) => (await crm.deals()).find((each) => each.id === id);

/** A person in the console of AWS, whose change the relay has not read yet. */
function changeUnseen(id: string, patch: JsonObject): void {
  stage.partner.updateOpportunity(id, { patch, events: 0 });
}

describe('the example CRM', { timeout: 300_000 }, () => {
  it('an edit is written once, and is news for the other CRM alone', async () => {
    const id = await createDeal();
    const first = await marked.run('edit', id, 'next-steps', 'Send the offer');
    await seeState(marked, first, { state: 'succeeded' });
    await stage.rest();
    const second = await omitted.run('edit', id, 'amount', '4200');
    await seeState(omitted, second, { state: 'succeeded' });
    await stage.rest();
    expect(writesOf(id)).toHaveLength(2);
    expect(await newsOf(omitted, id)).toEqual([['/LifeCycle/NextSteps', 'Send the offer']]);
    expect(await newsOf(marked, id)).toEqual([
      [expect.stringContaining('Spend'), expect.stringMatching('4200')],
    ]);
    expect(await dealOf(marked, id)).toMatchObject({ 'next-steps': 'Send the offer', amount: '4200' });
  });

  it('an edit that others have overtaken is printed with both values, and is made again or discarded', async () => {
    const id = await createDeal();
    changeUnseen(id, { LifeCycle: { Stage: 'Technical Validation', NextSteps: 'Plan the workshop' } });
    const [stageKey, stepsKey] = [
      await marked.run('edit', id, 'stage', 'Qualified'),
      await marked.run('edit', id, 'next-steps', 'Ask for the budget'),
    ];
    const conflict = { state: 'failed', why: 'conflict' };
    await seeState(marked, stageKey, {
      ...conflict,
      seen: 'Prospect',
      wanted: 'Qualified',
      now: 'Technical Validation',
    });
    await seeState(marked, stepsKey, { ...conflict, now: 'Plan the workshop' });
    expect(writesOf(id)).toEqual([]);

    const again = await marked.run('again', stageKey);
    await marked.run('discard', stepsKey);
    await seeState(marked, again, { state: 'succeeded', seen: 'Technical Validation' });
    await stage.rest();
    expect(await stateOf(marked, stageKey)).toMatchObject({ state: 'sent again' });
    expect(await stateOf(marked, stepsKey)).toMatchObject({ state: 'discarded' });
    expect(writesOf(id)).toHaveLength(1);
    expect(await dealOf(marked, id)).toMatchObject({ stage: 'Qualified', 'next-steps': 'Plan the workshop' });
    await expect(marked.run('again', stepsKey)).rejects.toThrow(
      `${stepsKey}: discarded; allowed: an edit that is failed, refused, expired or cancelled`,
    );
    await expect(marked.run('discard', again)).rejects.toThrow(`${again}: succeeded; allowed:`);
  });

  it('an edit is printed as waiting while AWS reviews the deal, and is written afterwards', async () => {
    const id = await createDeal();
    stage.partner.alter('opportunity', id, { LifeCycle: { ReviewStatus: 'In review' } });
    const key = await omitted.run('edit', id, 'next-steps', 'Wait for AWS');
    await seeState(omitted, key, { state: 'waiting', why: 'lock' });
    expect(writesOf(id)).toEqual([]);
    stage.partner.alter('opportunity', id, { LifeCycle: { ReviewStatus: 'Approved' } });
    await seeState(omitted, key, { state: 'succeeded', why: null });
    expect(writesOf(id)).toHaveLength(1);
  });

  it('an edit that the relay refuses says why, and does not stop the next edit', async () => {
    const id = await createDeal();
    const refused = await marked.run('edit', id, 'next-steps', 'x'.repeat(70_000));
    const next = await marked.run('edit', id, 'next-steps', 'A shorter text');
    await seeState(marked, next, { state: 'succeeded' });
    expect(await stateOf(marked, refused)).toMatchObject({
      state: 'refused',
      why: expect.stringContaining('allowed'),
    });
  });
});

describe('the database of the example CRM', { timeout: 300_000 }, () => {
  it.each([
    ['arrives', true],
    ['is lost', false],
  ])('a crash while a request %s neither loses nor doubles its edit', async (_, arrives) => {
    const id = await createDeal();
    const held: Request[] = [];
    // The relay gets the request after the crash, or never.
    const hold = async (incoming: IncomingMessage) => {
      const names = Object.entries(incoming.headers).filter(([name]) => /^(?:webhook|relay)-/.test(name));
      const headers = names.map(([name, value]): [string, string] => [name, String(value)]);
      const body = await buffer(incoming);
      held.push(new Request(`${marked.relayUrl}/commands`, { method: 'POST', headers, body }));
    };
    const silent = await startLoopbackServer((request) => void hold(request));
    await marked.kill();
    await marked.start({ relayUrl: silent.url });
    const key = await marked.run('edit', id, 'next-steps', 'Survive a crash');
    await vi.waitFor(() => expect(held).toHaveLength(1), patience);
    await marked.kill();
    await silent.stop();
    if (arrives) for (const request of held) expect((await fetch(request)).status).toBe(202);
    expect(await stateOf(marked, key)).toMatchObject({ state: 'unsent' });
    await marked.start();
    await seeState(marked, key, { state: 'succeeded' });
    await stage.rest();
    expect(writesOf(id)).toHaveLength(1);
  });
});

describe('the outbox of the example CRM', { timeout: 300_000 }, () => {
  it('a URL that is not the one of the signed door keeps the edit in the outbox, and is named', async () => {
    const id = await createDeal();
    const other = await startLoopbackServer((_, response) => response.writeHead(404).end('{}'));
    await omitted.kill();
    await omitted.start({ relayUrl: other.url });
    const key = await omitted.run('edit', id, 'next-steps', 'Find the door');
    await seeState(omitted, key, { state: 'unsent', why: 'RELAY_URL: it answers HTTP 404' });
    await other.stop();
    await seeState(omitted, key, { state: 'unsent', why: 'RELAY_URL: ECONNREFUSED' });
    await omitted.kill();
    await omitted.start();
    await seeState(omitted, key, { state: 'succeeded' });
  });

  it('a wrong secret keeps the edit in the outbox until it is corrected', async () => {
    const id = await createDeal();
    await omitted.kill();
    await omitted.start({ relaySecret: `whsec_${Buffer.alloc(32, 9).toString('base64')}` });
    const key = await omitted.run('edit', id, 'next-steps', 'Sign correctly');
    await seeState(omitted, key, {
      state: 'unsent',
      why: expect.stringMatching(/^RELAY_SECRET, RELAY_CLIENT or RELAY_URL: allowed: .*signed/),
    });
    expect(writesOf(id)).toEqual([]);
    await omitted.kill();
    await omitted.start();
    await seeState(omitted, key, { state: 'succeeded' });
    await stage.rest();
    expect(writesOf(id)).toHaveLength(1);
  });
});
