import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { JsonObject } from '../../../lambdas/core/json.ts';
import { spendOf } from '../../../local/partner-central/model/opportunity-body.ts';
import { between, pick, seededRandom } from '../../../local/partner-central/seeded-random.ts';
import { findEditProblems, findOwnNews, isOf, textAt } from './crm-checker.ts';
import { type CrmStage, startCrmStage } from './crm-stage.ts';
import type { RunningCrm } from './running-crm.ts';

/*
 * Two CRMs and a person in the console of AWS change the same deals at the same time, while one of
 * the CRMs is killed again and again. Every value is written by one edit only.
 */

const seed = 18;
const rounds = 16;
const fields = ['next-steps', 'amount'] as const;
type Field = (typeof fields)[number];
const paths: Readonly<Record<Field, string>> = {
  'next-steps': '$.LifeCycle.NextSteps',
  amount: '$.Project.ExpectedCustomerSpend[0].Amount',
};

let stage: CrmStage;
let running: readonly RunningCrm[] = [];
let deals: readonly string[] = [];
beforeAll(async () => {
  stage = await startCrmStage();
  running = [await stage.addCrm('crm-a', 'mark'), await stage.addCrm('crm-b', 'omit')];
  const LifeCycle = { ReviewStatus: 'Approved', NextSteps: 'Call the customer' };
  deals = Array.from({ length: 3 }, () => stage.partner.createOpportunity('AWS', { patch: { LifeCycle } }));
  await vi.waitFor(
    async () => {
      for (const crm of running) expect(await crm.deals()).toHaveLength(deals.length);
    },
    { timeout: 100_000, interval: 200 },
  );
});
afterAll(() => stage?.stop());

const valueOf = (field: Field, number: number) =>
  field === 'amount' ? `${1_000 + number}` : `Step ${number}`;
const patchOf = (field: Field, value: string): JsonObject =>
  field === 'amount'
    ? { Project: { ExpectedCustomerSpend: spendOf(value) } }
    : { LifeCycle: { NextSteps: value } };
const bodyOf = (id: string) => stage.partner.view().find('AWS', 'opportunity', id)?.body;

async function editAtOnce(): Promise<void> {
  const random = seededRandom(seed);
  for (let round = 0; round < rounds; round += 1) {
    const isDown = round % 5 === 3;
    if (isDown) await running[0]?.kill();
    const choices = [...running, undefined].map((crm, who) => {
      const field = pick(random, fields);
      return { crm, id: pick(random, deals), field, value: valueOf(field, 100 * who + round) };
    });
    await Promise.all(
      choices.flatMap(({ crm, id, field, value }) => crm?.run('edit', id, field, value) ?? []),
    );
    for (const { crm, id, field, value } of choices)
      if (!crm && between(random, 0, 1) === 0)
        stage.partner.updateOpportunity(id, { patch: patchOf(field, value) });
    if (isDown) await running[0]?.start();
  }
  await stage.rest();
}

describe('two example CRMs on one relay', () => {
  beforeAll(editAtOnce, 240_000);

  it('two CRMs have every edit of their people in the record, once, or print it as a conflict', async () => {
    for (const crm of running) {
      expect(await crm.edits()).toHaveLength(rounds);
      expect(await findEditProblems(crm, stage.partner.writes.effective)).toEqual([]);
    }
  });

  it('two CRMs end quiet: each write is an edit of one of their people, and some edits are conflicts', async () => {
    const edits = (await Promise.all(running.map((crm) => crm.edits()))).flat();
    const writes = stage.partner.writes.effective;
    const written = edits.filter((edit) => writes.some((write) => isOf(write, edit)));
    expect(writes).toHaveLength(written.length);
    expect(edits.filter(({ why }) => why === 'conflict')).not.toEqual([]);
  });

  it('two CRMs print as news what others have changed, and not what they have changed themselves', async () => {
    for (const crm of running) {
      expect(await crm.news()).not.toEqual([]);
      expect(await findOwnNews(crm)).toEqual([]);
    }
  });

  it('the CRM that gets its echoes prints the record of AWS', async () => {
    const [marked] = running;
    const known = (await marked?.deals()) ?? [];
    const truth = known.map(({ id, 'next-steps': steps, amount }) => [
      [steps, amount],
      fields.map((field) => textAt(bodyOf(id), paths[field])),
    ]);
    for (const [here, there] of truth) expect(here).toEqual(there);
  });
});
