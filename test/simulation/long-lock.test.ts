import { expect, it } from 'vitest';
import { accept } from '../../lambdas/commands/accept.ts';
import { instantOf } from '../../lambdas/core/instant.ts';
import { type JsonObject, textAt } from '../../lambdas/core/json.ts';
import type { LineKey } from '../../lambdas/core/line.ts';
import { lineDoorbellBody } from '../../lambdas/core/line-doorbell.ts';
import { outboxGraceMs } from '../../lambdas/core/retry-schedule.ts';
import { everyAction } from '../../local/simulation/account.ts';
import { createWorld, type World } from '../../local/simulation/world.ts';

const secondMs = 1_000;
const minuteMs = 60 * secondMs;
const weekMs = 7 * 24 * 60 * minuteMs;

interface Update {
  readonly id: string;
  readonly client: 'crm' | 'finance';
  readonly text: string;
}

/** Each client has a member of its own: a change of the same member would be a conflict. */
const members = { crm: ['LifeCycle', 'NextSteps'], finance: ['Project', 'AdditionalComments'] } as const;

function updateOf(id: string, round: number): Update {
  return { id, client: round % 2 === 0 ? 'crm' : 'finance', text: `round-${round}-of-${id}` };
}

function isEffect({ client, text }: Update, body: JsonObject | undefined): boolean {
  return textAt(body ?? {}, ...members[client]) === text;
}

async function pass({ scheduler }: World, ms: number, isOver = () => false): Promise<void> {
  const endsAtMs = scheduler.nowMs() + ms;
  scheduler.at(endsAtMs, () => undefined);
  await scheduler.run(() => scheduler.nowMs() >= endsAtMs || isOver());
}

/** @returns the ids of opportunities that AWS reviews, once they are stored */
async function beginReviews(world: World, count: number): Promise<readonly string[]> {
  const { partner } = world;
  const ids = Array.from({ length: count }, () => partner.createOpportunity('AWS'));
  for (const id of ids) partner.submitOpportunity(id);
  await pass(world, 5 * minuteMs);
  return ids;
}

async function acceptUpdate(
  { scheduler, storage: { records, index, commands }, account }: World,
  update: Update,
): Promise<void> {
  const { id, client, text } = update;
  const [parent, member] = members[client];
  const patch = { [parent]: { [member]: text } };
  const ring = async (lines: readonly LineKey[]): Promise<void> => {
    for (const line of lines) account.queues.act.send(lineDoorbellBody(line));
  };
  const { kind } = await accept(
    { name: `arn:aws:sts::111122223333:assumed-role/${client}` },
    text,
    { action: 'opportunity.update', catalog: 'AWS', target: id, patch },
    instantOf(scheduler.nowMs()),
    { records, index, commands, doorbell: { ring }, enabled: everyAction, outboxGraceMs: outboxGraceMs(1) },
  );
  expect(kind).toBe('accepted');
}

function succeededIn({ storage }: World): number {
  const states = [...storage.rows.states.values()];
  return states.filter(({ kind, payload }) => kind === 'command' && payload['status'] === 'succeeded').length;
}

it('500 updates that wait a week for the end of 50 reviews are made within ten minutes, in order', async () => {
  const world = createWorld({ seed: 1, commands: 1, only: new Set() });
  const { scheduler, partner, partnerCentral } = world;
  const { effective } = partner.writes;
  world.faults.endStorm();
  world.schedules.start();
  const ids = await beginReviews(world, 50);
  const updates = Array.from({ length: 10 }, (_, round) => ids.map((id) => updateOf(id, round))).flat();
  for (const update of updates) await acceptUpdate(world, update);
  await pass(world, weekMs);
  expect(effective).toEqual([]);

  const endedAtMs = scheduler.nowMs();
  world.reviews.endAll();
  await pass(world, 20 * minuteMs, () => succeededIn(world) === updates.length);
  expect(scheduler.nowMs() - endedAtMs).toBeLessThan(10 * minuteMs);
  expect(succeededIn(world)).toBe(updates.length);

  const [firstMs = 0] = effective.map(({ atMs }) => atMs);
  expect(firstMs - endedAtMs).toBeLessThan(15 * secondMs);
  const gapsMs = effective.slice(1).map(({ atMs }, index) => atMs - (effective[index]?.atMs ?? 0));
  expect(Math.min(...gapsMs)).toBeGreaterThan(secondMs);
  const made = effective.map(({ id, before, after }) => ({
    id,
    texts: updates
      .filter((update) => isEffect(update, after) && !isEffect(update, before))
      .map(({ text }) => text),
  }));
  for (const id of ids)
    expect(made.filter((write) => write.id === id).flatMap(({ texts }) => texts)).toEqual(
      updates.filter((update) => update.id === id).map(({ text }) => text),
    );
  expect(effective).toHaveLength(updates.length);
  expect([world.violations, partnerCentral.quotaThrottled]).toEqual([[], 0]);
}, 180_000);
