import { describe, expect, it } from 'vitest';
import { actBatch } from '../../../lambdas/act/act-batch.ts';
import { composeAct } from '../../../lambdas/act/compose.ts';
import { leaseMs } from '../../../lambdas/act/contract.ts';
import { lineDoorbellBody } from '../../../lambdas/core/line-doorbell.ts';
import { sqsEvent } from '../../builders/lambda-events.ts';
import { inMemoryWorkQueue } from '../../fakes/in-memory-queue.ts';
import { inMemoryQuotaLedger } from '../../fakes/in-memory-quota-ledger.ts';
import { virtualTime } from '../../fakes/virtual-time.ts';
import {
  actUntilQuiet,
  actWorld,
  advance,
  ask,
  effectiveWrites,
  openOpportunity,
  receiveInvitation,
  stateOf,
} from './act-world.ts';

function steps(text: string) {
  return { action: 'opportunity.update', patch: { LifeCycle: { NextSteps: text } } } as const;
}

describe('A batch of doorbells', () => {
  it('leaves lines for which the time is too short due, and signals them again', async () => {
    const world = actWorld();
    const keys = [await openOpportunity(world), await openOpportunity(world), await openOpportunity(world)];
    for (const key of keys) await ask(world, key, steps('1'));
    world.simulated.plays.push((perform) => {
      advance(world, leaseMs / 2);
      return perform();
    });
    expect(await actBatch([...keys, ...keys], world)).toEqual(new Map());
    expect(effectiveWrites(world)).toHaveLength(1);
    expect(world.doorbell.rings.at(-1)).toMatchObject({ rows: keys.slice(1), delayMs: 0 });
    for (const key of keys) await actUntilQuiet(world, key);
    expect(effectiveWrites(world)).toHaveLength(3);
  });

  it('gives a line up in time that has more commands than one invocation can do', async () => {
    const world = actWorld();
    const key = await openOpportunity(world);
    for (let number = 0; number < 10; number += 1) {
      await ask(world, key, steps(String(number)));
      world.simulated.plays.push((perform) => {
        advance(world, leaseMs / 8);
        return perform();
      });
    }
    await actBatch([key], world);
    expect(effectiveWrites(world)).toHaveLength(6);
    expect(world.doorbell.rings.at(-1)).toMatchObject({ rows: [key], delayMs: 0 });
    await actUntilQuiet(world, key, 60 * 60_000);
    expect(effectiveWrites(world)).toHaveLength(10);
  });

  it('is worked on within the quotas, and a malformed message is parked', async () => {
    const world = actWorld();
    const keys = [await openOpportunity(world), await receiveInvitation(world)] as const;
    const update = await ask(world, keys[0], steps('1'));
    const accept = await ask(world, keys[1], { action: 'invitation.accept' });
    const time = virtualTime(world.clock.nowMs());
    const ledgers = { reads: inMemoryQuotaLedger(), writes: inMemoryQuotaLedger() };
    const parked = inMemoryWorkQueue();
    const sentAtMs: number[] = [];
    const answer = composeAct(
      {
        env: {
          COMMANDS: world.enabled,
          READS_PER_DAY: 100_000,
          READS_PER_SECOND: 10,
          REJECTED_INVITATIONS: 'keep',
          TIME_SCALE: 1,
          WRITES_PER_DAY: 10_000,
          WRITES_PER_SECOND: 1,
        },
        log: world.log,
        metrics: world.metrics,
      },
      {
        ...world,
        clock: time.clock(),
        ledger: (calls) => ledgers[calls],
        partnerCentral: () => world.partnerCentral,
        writes: (quota) => ({
          async write(...call) {
            await quota.acquirePermit();
            sentAtMs.push(time.nowMs());
            return world.writes.write(...call);
          },
        }),
        parked,
      },
    );
    const answered = answer(sqsEvent(...keys.map(lineDoorbellBody), '{"line":"AWS"}'));
    await time.run(60_000);
    expect(await answered).toEqual({ batchItemFailures: [] });
    expect(await stateOf(world, update)).toMatchObject({ status: 'succeeded' });
    expect(await stateOf(world, accept)).toMatchObject({ status: 'succeeded' });
    const [first = 0, second = 0] = sentAtMs;
    expect(second - first).toBeGreaterThanOrEqual(1_000);
    expect(parked.parked).toMatchObject([{ code: 'doorbell.malformed' }]);
  });
});

it('No value of a command is in a log, a doorbell, a metric or a version of the command', async () => {
  const world = actWorld();
  const key = await openOpportunity(world);
  const secret = 'Ask Jane Doe at jane@example.com';
  const commands = [
    await ask(world, key, steps(secret)),
    await ask(world, key, {
      action: 'opportunity.assign',
      assignee: { Email: 'jane@example.com', FirstName: 'Jane', LastName: 'Doe', BusinessTitle: 'PM' },
    }),
    await ask(world, key, { action: 'opportunity.update', patch: { LifeCycle: { Stage: 'Jane' } } }),
  ];
  world.partner.updateOpportunity(key.id, { patch: { LifeCycle: { NextSteps: 'Jane was here' } } });
  await actUntilQuiet(world, key);
  const ofCommands = world.records.versions().filter(({ kind }) => kind === 'command');
  expect(ofCommands).toHaveLength(2 * commands.length);
  const written = JSON.stringify([world.log.lines, world.doorbell.rings, ofCommands, world.metrics.totals()]);
  expect(written).not.toMatch(/jane/i);
});
