import { describe, expect, it } from 'vitest';
import { approveCommand, cancelCommand } from '../../../lambdas/commands/mark-command.ts';
import { commandMembers, detailMembers, readCommand } from '../../../lambdas/commands/read-command.ts';
import { commandIdOf } from '../../../lambdas/core/command-state.ts';
import { commandStateOf, commandVersion } from '../../../lambdas/core/command-version.ts';
import { instantOf } from '../../../lambdas/core/instant.ts';
import { ServiceError } from '../../../lambdas/core/service-error.ts';
import { opportunityPayload } from '../../builders/payloads.ts';
import { invitationKey, opportunityKey } from '../../builders/versions.ts';
import { client, commandsWorld, lock, opportunityLine, updateRequest } from './commands-world.ts';

const rejection = { action: 'invitation.reject', catalog: 'AWS', target: invitationKey.id };

describe('an accepted command', () => {
  it('has a version, a ticket and its content, and its line is due and signalled', async () => {
    const world = await commandsWorld();
    const acceptance = await world.send('deal-1/stage', updateRequest({ note: 'moved in the CRM' }));
    if (acceptance.kind !== 'accepted') throw new Error(acceptance.kind);
    expect(commandMembers(acceptance.command)).toEqual({
      id: commandIdOf(client, 'deal-1/stage'),
      catalog: 'AWS',
      key: 'deal-1/stage',
      action: 'opportunity.update',
      target: { kind: 'opportunity', id: 'O1234567' },
      number: 1,
      paths: ['/LifeCycle/Stage'],
      basedOn: 1,
      onConflict: 'fail',
      onLocked: 'wait',
      acceptedAt: '2026-03-01T10:00:05.000Z',
      expiresAt: '2026-03-31T10:00:05.000Z',
      status: 'accepted',
      version: 1,
    });
    expect(world.records.versions().at(-1)).toMatchObject({ kind: 'command', type: 'command.accepted' });
    expect(await world.commands.line(opportunityLine)).toMatchObject({
      signals: 1,
      dueAt: '2026-03-01T10:00:05.000Z',
    });
    expect(world.commands.tickets(opportunityLine)).toEqual([
      {
        number: 1,
        commandId: acceptance.command.id,
        client,
        action: 'opportunity.update',
        expiresAt: '2026-03-31T10:00:05.000Z',
        failsIfLocked: false,
        after: undefined,
        needsApproval: false,
        isCancelled: false,
      },
    ]);
    expect(await world.commands.content(opportunityLine, 1)).toMatchObject({
      body: { note: 'moved in the CRM' },
      base: [{ path: '/LifeCycle/Stage', value: 'Prospect' }],
    });
    expect(world.signalled).toEqual([opportunityLine]);
  });

  it('has the values of the version that the client saw as its base', async () => {
    const world = await commandsWorld();
    world.clock.advance(60_000);
    const lastModifiedDate = instantOf(world.clock.nowMs());
    await world.put(
      opportunityKey,
      opportunityPayload({ stage: 'Committed', reviewStatus: 'Approved', lastModifiedDate }),
    );
    await world.send('a', updateRequest({ basedOn: 1 }));
    await world.send('b', updateRequest());
    const bases = await Promise.all([1, 2].map((number) => world.commands.content(opportunityLine, number)));
    expect(bases.map((content) => content?.base)).toEqual([
      [{ path: '/LifeCycle/Stage', value: 'Prospect' }],
      [{ path: '/LifeCycle/Stage', value: 'Committed' }],
    ]);
  });

  it('can name its record by the partner’s own id, and the command that must succeed before', async () => {
    const world = await commandsWorld();
    await world.put(
      { ...opportunityKey, id: 'O2' },
      { ...opportunityPayload({ reviewStatus: 'Approved' }), PartnerOpportunityIdentifier: 'deal-2' },
    );
    const target = { partnerId: 'deal-2' };
    expect(await world.send('first', updateRequest({ target }))).toMatchObject({ kind: 'accepted' });
    await world.send('second', updateRequest({ target, after: 'first' }));
    const line = { ...opportunityLine, id: 'O2' };
    expect(world.commands.tickets(line).map(({ number, after }) => [number, after])).toEqual([
      [1, undefined],
      [2, commandIdOf(client, 'first')],
    ]);
  });

  it('waits if AWS reviews the opportunity', async () => {
    const world = await commandsWorld();
    await lock(world);
    expect(await world.send('a', updateRequest())).toMatchObject({ kind: 'accepted' });
  });

  it('is stored although no message can be sent', async () => {
    const world = await commandsWorld();
    const doorbell = {
      ring: async () => {
        throw new ServiceError('queue.unavailable', { operation: 'ring', error: 'TimeoutError' });
      },
    };
    expect(await world.send('a', updateRequest(), { doorbell })).toMatchObject({ kind: 'accepted' });
    expect(world.stored()).toMatchObject({ commands: 1, lines: 1 });
  });
});

describe('a command that cannot be undone', () => {
  it.each([
    ['the rejection of an invitation', rejection],
    ['the loss of an opportunity', updateRequest({ patch: { LifeCycle: { Stage: 'Closed Lost' } } })],
    [
      'the removal of the last solution',
      {
        action: 'opportunity.disassociate',
        catalog: 'AWS',
        target: opportunityKey.id,
        entity: { type: 'Solutions', id: 'S-1234567' },
      },
    ],
  ])('waits for an approval, unless it is confirmed: %s', async (_case, body) => {
    const world = await commandsWorld();
    await world.send('a', body);
    await world.send('b', { ...body, irreversible: true });
    const states = await Promise.all(['a', 'b'].map((key) => world.find(key)));
    expect(states.map((each) => each && commandStateOf(each))).toMatchObject([
      { status: 'waiting', reason: 'approval' },
      { status: 'accepted' },
    ]);
  });

  it('is approved once, and not after its end', async () => {
    const world = await commandsWorld();
    const now = instantOf(world.clock.nowMs());
    await world.send('a', rejection);
    await world.send('b', updateRequest());
    const [command, other] = [await world.find('a'), await world.find('b')];
    if (!command || !other) throw new Error('nothing was stored');
    expect(await approveCommand(other, now, world.deps)).toBe('unneeded');
    expect(await approveCommand(command, now, world.deps)).toBe('marked');
    const line = { catalog: 'AWS', kind: 'engagement-invitation', id: invitationKey.id } as const;
    expect(world.commands.tickets(line)).toMatchObject([{ needsApproval: false }]);
    world.commandRows.tickets.clear();
    expect(await approveCommand(command, now, world.deps)).toBe('ended');
  });
});

it('a command is cancelled until it has ended', async () => {
  const world = await commandsWorld();
  const now = instantOf(world.clock.nowMs());
  await world.send('a', updateRequest());
  const command = await world.find('a');
  if (!command) throw new Error('nothing was stored');
  expect(await cancelCommand(command, now, world.deps)).toBe('marked');
  expect(world.commands.tickets(opportunityLine)).toMatchObject([{ isCancelled: true }]);
  expect(world.signalled).toHaveLength(2);
  world.commandRows.tickets.clear();
  expect(await cancelCommand(command, now, world.deps)).toBe('ended');
});

it('a command is printed with its request and the words of AWS, until they are removed', async () => {
  const world = await commandsWorld();
  await world.send('a', updateRequest());
  const id = commandIdOf(client, 'a');
  const command = await world.find('a');
  if (!command) throw new Error('nothing was stored');
  const problems = [{ path: '/LifeCycle/Stage', code: 'ACTION_NOT_PERMITTED', by: 'aws' as const }];
  const failed = {
    ...commandStateOf(command),
    status: 'failed' as const,
    code: 'refused' as const,
    problems,
  };
  const version = commandVersion(command, command, failed, instantOf(world.clock.nowMs()));
  world.rows.states.set(`AWS/command/${id}`, version);
  const [path, stored] = [...world.commandRows.contents][0] ?? [];
  if (path === undefined || !stored) throw new Error('no content');
  const content = { ...stored.content, awsMessages: ['Stage cannot change.'] };
  world.commandRows.contents.set(path, { content });
  const details = await readCommand(id, world.deps);
  expect(details && detailMembers(details)).toMatchObject({
    status: 'failed',
    problems: [{ ...problems[0], message: 'Stage cannot change.' }],
    request: updateRequest(),
  });
  world.commandRows.contents.clear();
  const later = await readCommand(id, world.deps);
  expect(later && detailMembers(later)).toMatchObject({ status: 'failed', problems });
  expect(later && detailMembers(later)).not.toHaveProperty('request');
  expect(await readCommand('cmd_unknown', world.deps)).toBeUndefined();
});
