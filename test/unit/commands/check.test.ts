import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../lambdas/core/json.ts';
import { invitationPayload } from '../../builders/invitation-payloads.ts';
import { invitationKey } from '../../builders/versions.ts';
import { commandsWorld, lock, updateRequest } from './commands-world.ts';

const stage = fc.constantFrom('Prospect', 'Qualified', 'Committed', 'Launched', 'Closed Lost', 'Won');
const date = fc.constantFrom('2020-01-01', '2026-03-01', '2027-01-01', 'soon');
const text = fc.constantFrom('', 'x', 'Send the offer', 'x'.repeat(300));
const patch = fc.record(
  {
    LifeCycle: fc.record({ Stage: stage, TargetCloseDate: date, NextSteps: text }, { requiredKeys: [] }),
    Project: fc.record({ Title: text, CustomerBusinessProblem: text }, { requiredKeys: [] }),
    OpportunityType: fc.constantFrom('Expansion', 'Other', null),
  },
  { requiredKeys: [] },
);

describe('a check', () => {
  it('finds problems exactly if the command is refused, and says whether it waits for an approval', async () => {
    let refused = 0;
    await fc.assert(
      fc.asyncProperty(
        patch,
        fc.boolean(),
        fc.constantFrom('wait', 'fail'),
        async (drafted, locked, onLocked) => {
          const world = await commandsWorld();
          if (locked) await lock(world);
          const request = updateRequest({ patch: drafted, onLocked });
          const checked = await world.send(undefined, { ...request, check: true });
          expect(world.stored().commands).toBe(0);
          const sent = await world.send('a', request);
          if (checked.kind !== 'checked') {
            expect(sent).toEqual(checked);
            return;
          }
          const { problems, needsApproval } = checked.check;
          if (sent.kind === 'refused') refused += 1;
          expect(sent.kind === 'refused' ? sent.refusal.problems : []).toEqual(problems);
          expect(sent.kind).toBe(problems.length > 0 ? 'refused' : 'accepted');
          if (sent.kind === 'accepted')
            expect(sent.command.attributes.status).toBe(needsApproval ? 'waiting' : 'accepted');
        },
      ),
      { numRuns: 1_000 },
    );
    expect(refused).toBeGreaterThan(100);
  });

  it('says that an invitation was answered already', async () => {
    const world = await commandsWorld();
    world.clock.advance(1_000);
    await world.put(invitationKey, invitationPayload({ status: 'ACCEPTED' }));
    const request: JsonObject = {
      action: 'invitation.accept',
      catalog: 'AWS',
      target: invitationKey.id,
      check: true,
    };
    expect(await world.send(undefined, request)).toMatchObject({
      kind: 'checked',
      check: {
        warnings: [{ path: '/target', message: expect.stringContaining('the status is "ACCEPTED"') }],
      },
    });
  });

  it('says that an update waits while AWS reviews the opportunity', async () => {
    const world = await commandsWorld();
    await lock(world);
    expect(await world.send(undefined, updateRequest({ check: true }))).toMatchObject({
      check: { locked: true, problems: [], changes: [{ path: '/LifeCycle/Stage' }] },
    });
  });
});
