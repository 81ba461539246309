import type { ActDeps } from '../../../lambdas/act/deps.ts';
import { type Acceptance, accept } from '../../../lambdas/commands/accept.ts';
import { commandIdOf } from '../../../lambdas/core/command-state.ts';
import { epochMsOf, instantOf } from '../../../lambdas/core/instant.ts';
import type { JsonObject } from '../../../lambdas/core/json.ts';
import { createLine, type LineKey } from '../../../lambdas/core/line.ts';
import { inMemoryRecordIndex } from '../../fakes/in-memory-record-index.ts';
import { type ActWorld, act, advance } from './act-world.ts';

const crm = 'arn:aws:iam::123456789012:role/crm';

/** What CreateOpportunity and a later submission take. */
export const deal: JsonObject = {
  PartnerOpportunityIdentifier: 'deal-4711',
  OpportunityType: 'Net New Business',
  PrimaryNeedsFromAws: ['Co-Sell - Deal Support'],
  Customer: { Account: { CompanyName: 'AnyCompany', Industry: 'Education' } },
  Project: { Title: 'Hive', CustomerBusinessProblem: 'They need a hive for all of their bees' },
  LifeCycle: { TargetCloseDate: '2026-12-31', NextSteps: 'Call Ada' },
};

export const solution = { type: 'Solutions', id: 'S-91234567' } as const;
export const create: JsonObject = { action: 'opportunity.create', catalog: 'AWS', opportunity: deal };
export const associate: JsonObject = { action: 'opportunity.associate', entity: solution };
export const submit: JsonObject = { action: 'opportunity.submit', involvementType: 'Co-Sell' };
/** One request that creates, associates and submits. */
export const all: JsonObject = { ...create, followedBy: [associate, submit] };

/** Sends a request as the doors do. */
export function post(
  world: ActWorld,
  key: string,
  body: JsonObject,
  ports: Partial<Parameters<typeof accept>[4]> = {},
): Promise<Acceptance> {
  const { records, commands, doorbell, enabled, outboxGraceMs, clock } = world;
  const index = inMemoryRecordIndex(records);
  const deps = { records, commands, doorbell, enabled, outboxGraceMs, index, ...ports };
  return accept({ name: crm }, key, body, instantOf(clock.nowMs()), deps);
}

/** Where the commands for the opportunity of a create wait. */
export function lineOf(key: string): LineKey {
  return createLine({ catalog: 'AWS' }, commandIdOf(crm, key));
}

/** Works on every line whenever it is due, until none is due within `withinMs`. */
export async function actOnAll(
  world: ActWorld,
  withinMs = 60 * 60_000,
  ports: Partial<ActDeps> = {},
): Promise<void> {
  const endMs = world.clock.nowMs() + withinMs;
  for (let acts = 0; acts < 400; acts += 1) {
    const due = world.commands
      .lines()
      .flatMap((line) => (line.dueAt ? [{ ...line, dueAt: line.dueAt }] : []));
    const [next] = due.toSorted((a, b) => (a.dueAt < b.dueAt ? -1 : 1));
    if (!next || epochMsOf(next.dueAt) > endMs) return;
    advance(world, Math.max(0, epochMsOf(next.dueAt) - world.clock.nowMs()));
    const { catalog, kind, id } = next;
    await act(world, { catalog, kind, id }, ports);
  }
  throw new Error('a line is never quiet');
}
