import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { isJsonObject, type Json, type JsonObject, textAt } from '../../lambdas/core/json.ts';
import { parseJson } from '../../lambdas/core/json-text.ts';
import { temporaryFolder } from '../infra/synthesized-stack.ts';
import { type DeployedStage, startDeployedStage } from './pcr/deployed-stage.ts';

/* A lead from its invitation to its opportunity, by real functions, HTTP and pcr as a process. */

let deployed: DeployedStage;
beforeAll(async () => {
  const commands = 'lead.accept,engagement.update_context,lead.to_opportunity';
  deployed = await startDeployedStage(() => undefined, { 'relay:commands': commands });
}, 240_000);
afterAll(() => deployed.stop());

async function pcr(...args: readonly string[]): Promise<Json> {
  const { code, out, err } = await deployed.pcr(...args, '--json');
  if (code !== 0) throw new Error(`pcr ${args.join(' ')}: ${err || out}`);
  return parseJson(out);
}

function groupOf(id: string): string {
  if (id.startsWith('engi-')) return 'invitations';
  return id.startsWith('eng-') ? 'engagements' : 'opportunities';
}

/** Carries the events of AWS until a record has something. */
async function until(id: string, holds: (record: JsonObject) => boolean): Promise<JsonObject> {
  for (;;) {
    await deployed.carry();
    await deployed.stage.idle();
    const { code, out } = await deployed.pcr(groupOf(id), 'show', id, '--json');
    const record = code === 0 ? parseJson(out) : undefined;
    if (isJsonObject(record) && holds(record)) return record;
    await setTimeout(200);
  }
}

/** Sends a command, and waits for its end. */
async function ask(key: string, request: JsonObject): Promise<JsonObject> {
  const file = join(temporaryFolder(), 'request.json');
  writeFileSync(file, JSON.stringify({ catalog: 'AWS', ...request }));
  await pcr('commands', 'send', file, '--key', key);
  for (;;) {
    const command = await pcr('commands', 'show', key);
    if (isJsonObject(command) && !['accepted', 'waiting'].includes(textAt(command, 'status') ?? ''))
      return command;
    await setTimeout(200);
  }
}

function linkTexts({ links }: JsonObject): readonly string[] {
  const listed = Array.isArray(links) ? links.filter(isJsonObject) : [];
  const members = ['kind', 'id', 'via'] as const;
  return listed.map((link) => members.map((name) => textAt(link, name)).join(' ')).toSorted();
}

it('a lead becomes an opportunity, and each of the three records leads to the others', async () => {
  const { partner } = deployed;
  const invitation = partner.createInvitation('AWS', 'LeadInvitation');
  const { attributes } = await until(invitation, () => true);
  const engagement = textAt(attributes, 'engagementId') ?? '';
  expect(await ask('accept', { action: 'lead.accept', target: invitation })).toMatchObject({
    status: 'succeeded',
    evidence: 'answer',
  });
  await until(engagement, ({ links }) => Array.isArray(links) && links.length === 1);
  const patch = { Lead: { QualificationStatus: 'Qualified' } };
  const update = { action: 'engagement.update_context', target: engagement, context: { id: '1', patch } };
  expect(await ask('qualify', update)).toMatchObject({ status: 'succeeded', evidence: 'answer' });
  const converted = await ask('convert', {
    action: 'lead.to_opportunity',
    target: engagement,
    context: { id: '1' },
  });
  expect(converted).toMatchObject({ status: 'succeeded', evidence: 'answer' });
  const opportunity = textAt(converted, 'opportunityId') ?? '';
  const records = await Promise.all(
    [invitation, engagement, opportunity].map((id) =>
      until(id, ({ links }) => linkTexts({ links: links ?? null }).length === 2),
    ),
  );
  const toOpportunity = `opportunity ${opportunity} lead-task`;
  expect(records.map(linkTexts)).toEqual([
    [`engagement ${engagement} invitation`, toOpportunity],
    [`engagement-invitation ${invitation} invitation`, toOpportunity],
    [`engagement ${engagement} lead-task`, `engagement-invitation ${invitation} lead-task`],
  ]);
  expect(JSON.stringify(records[1])).toContain('Qualified');
  const written = partner.writes.effective.map(({ operation }) => operation);
  expect(written).toEqual([
    'AcceptEngagementInvitation',
    'UpdateEngagementContext',
    'StartOpportunityFromEngagementTask',
  ]);
  const traced = JSON.stringify(await pcr('trace', textAt(converted, 'id') ?? ''));
  for (const id of [invitation, engagement, opportunity]) expect(traced).toContain(id);
}, 240_000);
