import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { expect } from 'vitest';
import type { Check } from '../../../bin/pcr/doctor/finding.ts';
import { lastEventSeen, lastPasses } from '../../../bin/pcr/doctor/pass-checks.ts';
import { toAttributes } from '../../../lambdas/adapters/dynamodb-attributes.ts';
import { dynamodbPassStore } from '../../../lambdas/adapters/dynamodb-pass-store.ts';
import { dynamodbSightings } from '../../../lambdas/adapters/dynamodb-sightings.ts';
import { addMs, type Instant } from '../../../lambdas/core/instant.ts';
import { type PassState, passNames } from '../../../lambdas/core/pass.ts';
import { checkContext } from '../../builders/check-context.ts';
import { missingDynoxide } from '../../conformance/dynamodb-under-test.ts';
import { describeUnless } from '../../describe-unless.ts';
import { manualClock } from '../../fakes/manual-clock.ts';
import { pcrTest } from './pcr-test.ts';
import type { PcrUnderTest } from './pcr-under-test.ts';

const now: Instant = '2026-03-01T10:00:00.000Z';
const nextDueAt = addMs(now, 60 * 60_000);

/** Ends the passes of catalog AWS, each with its state. */
async function endPasses({ relay }: PcrUnderTest, stateOf: (name: string) => PassState, dueAt = nextDueAt) {
  const store = dynamodbPassStore(relay.clients.dynamodb, relay.output('ControlTableName'));
  for (const name of passNames) {
    const claimed = await store.claim({ catalog: 'AWS', name }, now, addMs(now, 60_000), nextDueAt);
    if (claimed) await store.release(claimed, stateOf(name), dueAt);
  }
}

async function found({ run }: Check, { relay }: PcrUnderTest, at: Instant = '2026-03-01T10:12:00.000Z') {
  const io = { ...checkContext().io, clock: manualClock(at) };
  return run(checkContext({ relay, io }));
}

const finishedAt = now;

describeUnless(missingDynoxide, 'pcr doctor: what the functions see', () => {
  const test = pcrTest([]);

  test('the last complete pass over each list is printed with its age', async ({ pcr }) => {
    await endPasses(pcr, () => ({ finishedAt }));
    expect(await found(lastPasses, pcr)).toEqual([
      {
        level: 'ok',
        found:
          'Catalog AWS, last complete passes: opportunities 12 min ago, sent-invitations 12 min ago, received-invitations 12 min ago, engagements 12 min ago, expirations 12 min ago.',
      },
    ]);
  });

  test('the pass over reminders is examined if a reminder is switched on', async ({ pcr }) => {
    await endPasses(pcr, () => ({ finishedAt }));
    const io = { ...checkContext().io, clock: manualClock('2026-03-01T10:12:00.000Z') };
    const { settings } = checkContext();
    const withReminders = async () => ({ ...(await settings()), reminders: true });
    expect(
      await lastPasses.run(checkContext({ relay: pcr.relay, io, settings: withReminders })),
    ).toMatchObject([{ level: 'warning', found: 'The pass AWS/reminders has never run.' }]);
  });

  test.for([
    [undefined, 'Make sure that this account is linked to Partner Central'],
    ['INCOMPATIBLE_BENEFIT_AWS_PARTNER_STATE', 'AWS refuses the state of this partner'],
  ] as const)(
    "a list that is refused with AWS's reason %s is a problem with code, reason and advice",
    async ([awsReason, advice], { pcr }) => {
      const reason = JSON.stringify({ operation: 'ListEngagements', awsReason });
      const failure = { code: 'partner-central.access-denied', reason };
      const failed = { finishedAt, failedAt: '2026-03-01T10:05:00.000Z', failure } as const;
      await endPasses(pcr, (name) => (name === 'engagements' ? failed : { finishedAt }));
      expect(await found(lastPasses, pcr)).toEqual([
        {
          level: 'problem',
          found: `The pass AWS/engagements failed at 2026-03-01T10:05:00.000Z: partner-central.access-denied ${reason}. The last complete one ended at ${finishedAt}.`,
          advice: expect.stringContaining(advice),
        },
      ]);
    },
  );

  test('a pass that no function runs, and one that never ran, are named', async ({ pcr }) => {
    expect(await found(lastPasses, pcr)).toHaveLength(passNames.length);
    await endPasses(pcr, () => ({ finishedAt }), addMs(now, 60_000));
    expect(await found(lastPasses, pcr)).toMatchObject([{ level: 'ok' }]);
    const late = await found(lastPasses, pcr, '2026-03-01T10:16:00.000Z');
    expect(late.map(({ level, found: text }) => `${level}: ${text}`)).toContain(
      'problem: The pass AWS/engagements is due since 2026-03-01T10:01:00.000Z, and `reconcile` does not run it.',
    );
    expect(late).toHaveLength(passNames.length);
  });

  test('the last event is the one that a function saw', async ({ pcr }) => {
    expect(await found(lastEventSeen, pcr)).toMatchObject([
      { level: 'warning', found: expect.stringContaining('No function has seen any event yet') },
    ]);
    const { relay } = pcr;
    const table = relay.output('ControlTableName');
    await dynamodbSightings(relay.clients.dynamodb, table).recordEvent(now);
    expect(await found(lastEventSeen, pcr)).toMatchObject([
      { level: 'ok', found: expect.stringContaining(now) },
    ]);
    expect(await found(lastEventSeen, pcr, '2026-03-09T10:00:00.000Z')).toMatchObject([{ level: 'warning' }]);
  });

  test('a row of the last event that was edited by hand counts as no event', async ({ pcr }) => {
    const { clients, output } = pcr.relay;
    const Item = toAttributes({ pk: 'sightings', sk: 'event', lastEventAt: 'today' });
    await clients.dynamodb.send(new PutItemCommand({ TableName: output('ControlTableName'), Item }));
    expect(await found(lastEventSeen, pcr)).toMatchObject([{ level: 'warning' }]);
  });
});
