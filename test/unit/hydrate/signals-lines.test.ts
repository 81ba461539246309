import { expect, it } from 'vitest';
import type { LineKey } from '../../../lambdas/core/line.ts';
import { ServiceError } from '../../../lambdas/core/service-error.ts';
import { opportunityEvent } from '../../builders/events.ts';
import { awsSummaryPayload, opportunityPayload } from '../../builders/payloads.ts';
import { eventTime, hydrateOpportunities, hydrationWorld, queued } from './hydration-world.ts';

type Call = readonly [method: 'signal' | 'ring', line: LineKey | undefined];

async function hydrateReview(
  statuses: readonly string[],
  { failure, readsEarly }: { readonly failure?: ServiceError; readonly readsEarly?: true } = {},
): Promise<readonly Call[]> {
  const world = hydrationWorld();
  const calls: Call[] = [];
  const lines = { signal: async (key: LineKey) => void calls.push(['signal', key]) };
  const ring = async ([line]: readonly LineKey[]) => {
    calls.push(['ring', line]);
    if (failure) throw failure;
  };
  world.partnerCentral.answer('GetAwsOpportunitySummary', 'O1234567', awsSummaryPayload());
  for (const [index, reviewStatus] of statuses.entries()) {
    world.partnerCentral.answer('GetOpportunity', 'O1234567', opportunityPayload({ reviewStatus }));
    // Events are five seconds old, and ripe; or one second old.
    const event = opportunityEvent({ time: eventTime(30 * index + (readsEarly ? 4 : 0)) });
    const ports = {
      commands: { lines, doorbell: { ring } },
      ...(readsEarly && { waits: 'after an early read' as const }),
    };
    expect(await hydrateOpportunities(world, [queued(event)], ports)).toEqual([]);
    world.clock.advance(30_000);
  }
  return calls;
}

const line: LineKey = { catalog: 'AWS', kind: 'opportunity', id: 'O1234567' };

it('a line of commands is signalled, and then act is woken, when a version shows the end of a review', async () => {
  expect(await hydrateReview(['In review', 'Approved'])).toEqual([
    ['signal', line],
    ['ring', line],
  ]);
});

it('a line of commands is signalled when an early read shows the end of a review', async () => {
  expect(await hydrateReview(['In review', 'Approved'], { readsEarly: true })).toEqual([
    ['signal', line],
    ['ring', line],
  ]);
});

it('a doorbell that is unavailable does not stop the event, because sweep finds the line', async () => {
  const unavailable = new ServiceError('queue.unavailable', {
    operation: 'ring',
    error: 'ServiceUnavailable',
  });
  expect(await hydrateReview(['In review', 'Approved'], { failure: unavailable })).toEqual([
    ['signal', line],
    ['ring', line],
  ]);
});

it.each([
  ['Submitted', 'In review'],
  ['Approved', 'Approved'],
  ['Pending Submission', 'Submitted'],
  ['Approved'],
])('no line is signalled by the review %s, %s', async (...statuses) => {
  expect(await hydrateReview(statuses)).toEqual([]);
});
