import { expect, it } from 'vitest';
import type { LineKey } from '../../../lambdas/core/line.ts';
import { opportunityEvent } from '../../builders/events.ts';
import { awsSummaryPayload, opportunityPayload } from '../../builders/payloads.ts';
import { eventTime, hydrateOpportunities, hydrationWorld, queued } from './hydration-world.ts';

async function hydrateReview(...statuses: readonly string[]): Promise<readonly LineKey[]> {
  const world = hydrationWorld();
  const signalled: LineKey[] = [];
  const lines = { signal: async (key: LineKey) => void signalled.push(key) };
  world.partnerCentral.answer('GetAwsOpportunitySummary', 'O1234567', awsSummaryPayload());
  for (const [index, reviewStatus] of statuses.entries()) {
    world.partnerCentral.answer('GetOpportunity', 'O1234567', opportunityPayload({ reviewStatus }));
    const event = opportunityEvent({ time: eventTime(30 * index) });
    expect(await hydrateOpportunities(world, [queued(event)], { lines })).toEqual([]);
    world.clock.advance(30_000);
  }
  return signalled;
}

it('a line of commands is signalled when a version shows that the review has ended', async () => {
  expect(await hydrateReview('In review', 'Approved')).toEqual([
    { catalog: 'AWS', kind: 'opportunity', id: 'O1234567' },
  ]);
});

it.each([
  ['Submitted', 'In review'],
  ['Approved', 'Approved'],
  ['Pending Submission', 'Submitted'],
  ['Approved'],
])('no line is signalled by the review %s, %s', async (...statuses) => {
  expect(await hydrateReview(...statuses)).toEqual([]);
});
