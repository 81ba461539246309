import { describe, expect, it } from 'vitest';
import { textAt } from '../../../lambdas/core/json.ts';
import {
  actUntilQuiet,
  actWorld,
  ask,
  effectiveWrites,
  openOpportunity,
  stateOf,
  truthOf,
} from './act-world.ts';

const nextSteps = { action: 'opportunity.update', patch: { LifeCycle: { NextSteps: 'Call Ada' } } } as const;

describe('An update', () => {
  it('is written once, keeps the members of others, and ends by the answer', async () => {
    const world = actWorld();
    const key = await openOpportunity(world);
    const before = truthOf(world, key);
    const command = await ask(world, key, nextSteps);
    await actUntilQuiet(world, key);
    expect(await stateOf(world, command)).toMatchObject({ status: 'succeeded', evidence: 'answer' });
    expect(effectiveWrites(world)).toHaveLength(1);
    const after = truthOf(world, key);
    expect(textAt(after, 'LifeCycle', 'NextSteps')).toBe('Call Ada');
    expect(after['Customer']).toEqual(before['Customer']);
    expect(textAt(after, 'LifeCycle', 'ReviewStatus')).toBe('Pending Submission');
    expect(world.commands.tickets(key)).toEqual([]);
    expect(await world.commands.line(key)).toMatchObject({ fruitlessClaims: 0, dueAt: undefined });
  });
});
