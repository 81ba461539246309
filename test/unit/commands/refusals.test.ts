import { describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '../../../lambdas/core/json.ts';
import { opportunityPayload } from '../../builders/payloads.ts';
import { invitationKey, opportunityKey } from '../../builders/versions.ts';
import { type CommandsWorld, commandsWorld, lock, updateRequest } from './commands-world.ts';

const nothing = { commands: 0, lines: 0, contents: 0, intents: 0 };

/** What a request that is not accepted leads to. */
async function refusalOf(
  body: Json | undefined,
  key: string | undefined,
  prepare?: (world: CommandsWorld) => Promise<void>,
) {
  const world = await commandsWorld();
  await prepare?.(world);
  const acceptance = await world.send(key, body);
  expect(world.stored()).toEqual(nothing);
  expect(world.signalled).toEqual([]);
  if (acceptance.kind !== 'refused') throw new Error(`the request was ${acceptance.kind}`);
  return acceptance.refusal;
}

describe('a request is refused, and nothing is stored,', () => {
  it.each<[string, Json | undefined, string, string, string]>([
    ['if it is a list', [], 'invalid', '', 'an empty list; allowed: an object'],
    ['if it is nothing', undefined, 'invalid', '', 'nothing; allowed: an object'],
    [
      'if it nests too deep',
      updateRequest({ patch: nested(30) }),
      'invalid',
      '',
      'allowed: up to 24 levels of objects and lists',
    ],
    [
      'if it is too large',
      updateRequest({ note: 'x'.repeat(70_000) }),
      'too-large',
      '',
      'bytes; allowed: up to 65536 bytes',
    ],
    [
      'if its patch has too many values',
      updateRequest({
        patch: Object.fromEntries(Array.from({ length: 501 }, (_, index) => [`m${index}`, 1])),
      }),
      'invalid',
      '/patch',
      '501 values; allowed: up to 500',
    ],
    [
      'if a path of its patch is too long',
      updateRequest({ patch: { ['x'.repeat(600)]: { a: 1 } } }),
      'invalid',
      '/patch',
      'a path of 603 characters; allowed: up to 512',
    ],
    ...(['true', 'yes', 1, null, {}] as const).map((check): [string, Json, string, string, string] => [
      `if its check is ${JSON.stringify(check)}, and not carried out`,
      updateRequest({ check }),
      'invalid',
      '/check',
      '; allowed: true or false',
    ]),
    [
      'if its action is unknown',
      updateRequest({ action: 'opportunity.delete' }),
      'invalid',
      '/action',
      '"opportunity.delete"; allowed: one of engagement.update_context',
    ],
    [
      'if its patch is no object',
      updateRequest({ patch: [] }),
      'invalid',
      '/patch',
      'an empty list; allowed: an object',
    ],
    [
      'if its patch sets a read-only member',
      updateRequest({ patch: { Arn: 'x' } }),
      'invalid',
      '/patch/Arn',
      '/Arn cannot be set by this action; allowed: a request without it',
    ],
    [
      'if it has expired at birth',
      updateRequest({ expiresAt: '2026-03-01T10:00:00Z' }),
      'invalid',
      '/expiresAt',
      '2026-03-01T10:00:00.000Z; allowed: within a year from now',
    ],
    [
      'if AWS would not take the update',
      updateRequest({ patch: { LifeCycle: { TargetCloseDate: '2020-01-01' } } }),
      'invalid',
      '/patch/LifeCycle/TargetCloseDate',
      'is 2020-01-01, in the past; allowed: 2026-03-01 or later',
    ],
    [
      'if its target is not stored',
      updateRequest({ target: 'O999' }),
      'unknown-target',
      '/target',
      '"O999" is not stored in the catalog AWS; allowed: the id of a stored opportunity',
    ],
    [
      'if no record has the partner’s own id',
      updateRequest({ target: { partnerId: 'deal-1' } }),
      'unknown-target',
      '/target/partnerId',
      'no stored opportunity of the catalog AWS has "deal-1"',
    ],
    [
      'if the version that it is based on is not stored',
      updateRequest({ basedOn: 12 }),
      'invalid',
      '/basedOn',
      '12; allowed: the number of a stored version, from 1 to 1',
    ],
    [
      'if the command that must succeed before does not exist',
      updateRequest({ after: 'deal-1:associate' }),
      'invalid',
      '/after',
      '"deal-1:associate"; allowed: the key of an earlier command of this client',
    ],
  ])('%s', async (_case, body, code, path, message) => {
    const refusal = await refusalOf(body, 'deal-1');
    expect(refusal.code).toBe(code);
    expect(refusal.message).toContain(message);
    if (path !== '') expect(refusal.problems.map((problem) => problem.path)).toEqual([path]);
  });

  it('if its action is not enabled in its catalog, and the answer names the setting', async () => {
    const { code, message } = await refusalOf(assignRequest, 'deal-1');
    expect(code).toBe('not-enabled');
    expect(message).toContain('AWS:opportunity.assign is not enabled');
    expect(message).toContain('relay:commands');
  });

  it.each([
    ['is missing', undefined],
    ['is empty', ''],
    ['has a space', 'deal 1'],
    ['is too long', 'x'.repeat(256)],
  ])('if its key %s', async (_case, key) => {
    expect(await refusalOf(updateRequest(), key)).toMatchObject({ code: 'invalid-key' });
  });

  it('if its target is in the other catalog, and the answer says so', async () => {
    const refusal = await refusalOf(updateRequest({ catalog: 'Sandbox' }), 'deal-1');
    expect(refusal.code).toBe('unknown-target');
    expect(refusal.message).toContain('the catalog AWS has it');
  });

  it('if two records have the partner’s own id, and the answer names them', async () => {
    const payload = { ...opportunityPayload(), PartnerOpportunityIdentifier: 'deal-1' };
    const refusal = await refusalOf(
      updateRequest({ target: { partnerId: 'deal-1' } }),
      'k',
      async (world) => {
        await world.put({ ...opportunityKey, id: 'O2' }, payload);
        await world.put({ ...opportunityKey, id: 'O3' }, payload);
      },
    );
    expect(refusal.code).toBe('ambiguous-target');
    expect(refusal.message).toContain('O2 and O3 have "deal-1"');
  });

  it('if AWS reviews the opportunity and the command must not wait', async () => {
    const refusal = await refusalOf(updateRequest({ onLocked: 'fail' }), 'k', lock);
    expect(refusal.problems).toEqual([
      { path: '/onLocked', message: '"fail", and AWS reviews the opportunity; allowed: "wait"' },
    ]);
  });

  it('if several members are invalid, and the answer names them all', async () => {
    const refusal = await refusalOf(updateRequest({ onConflict: 'ask', onLocked: 'ask', extra: 1 }), 'k');
    expect(refusal.problems.map(({ path }) => path).toSorted()).toEqual([
      '/extra',
      '/onConflict',
      '/onLocked',
    ]);
  });
});

const assignRequest = {
  action: 'opportunity.assign',
  catalog: 'AWS',
  target: opportunityKey.id,
  assignee: { Email: 'jane@example.com', FirstName: 'Jane', LastName: 'Doe', BusinessTitle: 'PM' },
};

function nested(levels: number): JsonObject {
  return levels === 0 ? {} : { a: nested(levels - 1) };
}

it('an id of an invitation is no target of an update', async () => {
  const refusal = await refusalOf(updateRequest({ target: invitationKey.id }), 'k');
  expect(refusal).toMatchObject({ code: 'invalid', problems: [{ path: '/target' }] });
});
