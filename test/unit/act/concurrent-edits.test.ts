import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import type { JsonObject } from '../../../lambdas/core/json.ts';
import { memberAt } from '../../../lambdas/core/merge-patch.ts';
import {
  actUntilQuiet,
  actWorld,
  ask,
  effectiveWrites,
  openOpportunity,
  stateOf,
  truthOf,
} from './act-world.ts';

/** Members that people and the command change, each at its own path. */
const members = {
  '/LifeCycle/NextSteps': (text: string): JsonObject => ({ LifeCycle: { NextSteps: text } }),
  '/Project/AdditionalComments': (text: string): JsonObject => ({ Project: { AdditionalComments: text } }),
  '/Project/OtherSolutionDescription': (text: string): JsonObject => ({
    Project: { OtherSolutionDescription: text },
  }),
  '/Customer/Account/WebsiteUrl': (text: string): JsonObject => ({
    Customer: { Account: { WebsiteUrl: `https://${text}.example.com` } },
  }),
};
const paths = [
  '/LifeCycle/NextSteps',
  '/Project/AdditionalComments',
  '/Project/OtherSolutionDescription',
  '/Customer/Account/WebsiteUrl',
] as const;

const edit = fc.record({
  path: fc.constantFrom(...paths),
  text: fc.stringMatching(/^[a-z]{4,8}$/),
  /** Whether it happens before the look of the worker, or between its read and its call. */
  isLate: fc.boolean(),
});

it('A command never replaces what a person has changed meanwhile', async () => {
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...paths), fc.array(edit, { maxLength: 4 }), async (path, edits) => {
      const world = actWorld();
      const key = await openOpportunity(world);
      const command = await ask(world, key, { action: 'opportunity.update', patch: members[path]('ours') });
      const byPerson = (isLate: boolean) => {
        for (const each of edits.filter((one) => one.isLate === isLate)) {
          world.clock.advance(10);
          world.partner.updateOpportunity(key.id, { patch: members[each.path](each.text) });
        }
      };
      byPerson(false);
      world.simulated.plays.push((perform) => {
        byPerson(true);
        return perform();
      });
      const before = world.simulated.calls.length;
      await actUntilQuiet(world, key, 60 * 60_000);
      if (world.simulated.calls.length === before) byPerson(true);
      const truth = truthOf(world, key);
      for (const each of paths) {
        const last = edits
          .filter((one) => one.path === each)
          .toSorted((a, b) => Number(a.isLate) - Number(b.isLate))
          .at(-1);
        if (last) expect(memberAt(truth, each)).toBe(memberAt(members[each](last.text), each));
      }
      const { status } = await stateOf(world, command);
      const isTouched = edits.some((one) => one.path === path);
      expect(status).toBe(isTouched ? 'failed' : 'succeeded');
      expect(effectiveWrites(world)).toHaveLength(isTouched ? 0 : 1);
    }),
    { numRuns: 60 },
  );
});
