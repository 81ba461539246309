import { expect, it } from 'vitest';
import type { Line, LineKey } from '../../../lambdas/core/line.ts';
import { sampleContent } from '../../builders/commands.ts';
import { opportunityEvent } from '../../builders/events.ts';
import { awsSummaryPayload, opportunityPayload } from '../../builders/payloads.ts';
import { eventTime, hydrateOpportunities, hydrationWorld, queued, versionsOf } from './hydration-world.ts';

const command = { id: 'cmd_1', key: 'deal-1/stage', client: 'crm' };
const line: Line = {
  catalog: 'AWS',
  kind: 'opportunity',
  id: 'O1234567',
  signals: 1,
  openCall: { number: 1, beganAt: '2026-03-01T10:00:00.000Z', before: [], command },
  applied: [],
  fruitlessClaims: 0,
};

/** Reads an opportunity in two stages. @returns the echoes of each version, and reads of lines */
async function hydrateStages(readsEarly: boolean, found: Line | undefined = line) {
  const world = hydrationWorld();
  const reads: string[] = [];
  const lines = {
    line: async ({ kind, id }: LineKey) => {
      reads.push(`line of ${kind} ${id}`);
      return found;
    },
    content: async (_: LineKey, number: number) => {
      reads.push(`content ${number}`);
      return sampleContent;
    },
  };
  world.partnerCentral.answer('GetAwsOpportunitySummary', 'O1234567', awsSummaryPayload());
  for (const [index, stage] of ['Prospect', 'Qualified'].entries()) {
    const lastModifiedDate = `2026-03-01T10:0${index}:00.123Z`;
    world.partnerCentral.answer(
      'GetOpportunity',
      'O1234567',
      opportunityPayload({ stage, lastModifiedDate }),
    );
    const event = opportunityEvent({ time: eventTime(30 * index + (readsEarly ? 4 : 0)) });
    const ports = { lines, ...(readsEarly && { waits: 'after an early read' as const }) };
    expect(await hydrateOpportunities(world, [queued(event)], ports)).toEqual([]);
    world.clock.advance(30_000);
  }
  const echoes = versionsOf(world, 'opportunity').map((version) => version.echoes);
  return { echoes, reads };
}

const { id, key, client } = command;
const echo = [{ client, commands: [{ id, key }] }];

it.each([false, true])(
  'a version is an echo if a call explains it that is on the line; early read: %s',
  async (readsEarly) => {
    expect((await hydrateStages(readsEarly)).echoes).toEqual([undefined, echo]);
  },
);

it('the line is read once for each version that replaces another one, and contents only of calls', async () => {
  const reads = ['line of opportunity O1234567'];
  expect((await hydrateStages(false)).reads).toEqual([...reads, 'content 1']);
  expect((await hydrateStages(false, { ...line, openCall: undefined })).reads).toEqual(reads);
});
