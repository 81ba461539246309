import { describe, expect, it } from 'vitest';
import { acceptanceAnswer } from '../../../lambdas/commands/answer.ts';
import { readContent } from '../../../lambdas/commands/find-repeated.ts';
import { detailMembers } from '../../../lambdas/commands/read-command.ts';
import type { Client } from '../../../lambdas/core/client.ts';
import { commandStateOf } from '../../../lambdas/core/command-version.ts';
import type { JsonObject } from '../../../lambdas/core/json.ts';
import { signingClient } from '../../builders/clients.ts';
import { opportunityPayload } from '../../builders/payloads.ts';
import { invitationKey, opportunityKey } from '../../builders/versions.ts';
import { create } from '../act/create-world.ts';
import { commandsWorld, updateRequest } from './commands-world.ts';

const associate: JsonObject = {
  action: 'opportunity.associate',
  catalog: 'AWS',
  target: opportunityKey.id,
  entity: { type: 'Solutions', id: 'S-0000009' },
};
const acceptInvitation: JsonObject = {
  action: 'invitation.accept',
  catalog: 'AWS',
  target: invitationKey.id,
};

function patched(patch: JsonObject): JsonObject {
  return updateRequest({ patch });
}

/** Sends a request of a client with these rights, and its check. Both are refused or not. */
async function send(rights: Partial<Client>, body: JsonObject) {
  const world = await commandsWorld();
  const client = signingClient(rights);
  const checked = await world.sendAs(client, undefined, { ...body, check: true });
  const sent = await world.sendAs(client, 'a', body);
  if (sent.kind === 'refused') {
    expect(checked).toEqual(sent);
    expect(world.stored()).toEqual({ commands: 0, lines: 0, contents: 0, intents: 0 });
    expect(world.signalled).toEqual([]);
  }
  return sent;
}

async function refusal(rights: Partial<Client>, body: JsonObject) {
  const sent = await send(rights, body);
  if (sent.kind !== 'refused') throw new Error(`the request was ${sent.kind}`);
  return sent.refusal;
}

describe('a client without a right', () => {
  it.each<[string, Partial<Client>, JsonObject, string, string]>([
    [
      'an action that it may not use',
      { actions: ['invitation.accept'] },
      updateRequest(),
      '/action',
      '"opportunity.update"; allowed for this client: invitation.accept',
    ],
    [
      'a catalog that it may not use',
      { catalogs: ['Sandbox'] },
      updateRequest(),
      '/catalog',
      '"AWS"; allowed for this client: Sandbox',
    ],
    [
      'a value that is not writable',
      { writable: ['/Project', '/LifeCycle/NextSteps'] },
      updateRequest(),
      '/patch/LifeCycle/Stage',
      '/LifeCycle/Stage of the record: this client changes only /Project, /LifeCycle/NextSteps',
    ],
    [
      'a value around what is writable',
      { writable: ['/Customer/Account/CompanyName'] },
      patched({ Customer: { Account: null } }),
      '/patch/Customer/Account',
      '/Customer/Account of the record: this client changes only /Customer/Account/CompanyName',
    ],
    [
      'anything, if nothing is writable',
      { writable: [] },
      updateRequest(),
      '/patch/LifeCycle/Stage',
      'this client changes only nothing',
    ],
    [
      'a value that it never changes',
      { never: ['/LifeCycle/Stage'] },
      updateRequest(),
      '/patch/LifeCycle/Stage',
      '/LifeCycle/Stage of the record: this client never changes /LifeCycle/Stage',
    ],
    [
      'a value inside of one that it never changes',
      { never: ['/LifeCycle'] },
      updateRequest(),
      '/patch/LifeCycle/Stage',
      'this client never changes /LifeCycle',
    ],
    [
      'a value around one that it never changes',
      { never: ['/Customer/Account/CompanyName'] },
      patched({ Customer: null }),
      '/patch/Customer',
      '/Customer of the record: this client never changes /Customer/Account/CompanyName',
    ],
    [
      'a list around a value that it never changes',
      { never: ['/Customer/Contacts/*/Email'] },
      patched({ Customer: { Contacts: [] } }),
      '/patch/Customer/Contacts',
      'this client never changes /Customer/Contacts/*/Email',
    ],
    [
      'an empty object in the place of one that it never changes',
      { never: ['/Customer/Account'] },
      patched({ Customer: { Account: {} }, LifeCycle: { Stage: 'Qualified' } }),
      '/patch/Customer/Account',
      'this client never changes /Customer/Account',
    ],
    [
      'a value that is writable, and that it never changes',
      { writable: ['/LifeCycle'], never: ['/LifeCycle/Stage'] },
      updateRequest(),
      '/patch/LifeCycle/Stage',
      'this client never changes /LifeCycle/Stage',
    ],
    [
      'a member whose name is written with an escape',
      { never: ['/a~1b'] },
      patched({ 'a/b': 1 }),
      '/patch/a~1b',
      'this client never changes /a~1b',
    ],
    [
      'an entity',
      { never: ['/RelatedEntityIdentifiers/Solutions'] },
      associate,
      '/entity',
      '/RelatedEntityIdentifiers/Solutions of the record',
    ],
    ['an invitation', { writable: ['/LifeCycle'] }, acceptInvitation, '/action', '/Status of the record'],
  ])(
    'a client is refused %s, nothing is stored, and the member is named',
    async (_, rights, body, path, message) => {
      expect(await refusal(rights, body)).toMatchObject({
        code: 'not-allowed',
        problems: [{ path, message: expect.stringContaining(message) }],
      });
    },
  );

  it('a client is refused a submission by the type of involvement', async () => {
    const world = await commandsWorld(['AWS:opportunity.submit']);
    const { entity: _entity, ...members } = associate;
    const body: JsonObject = { ...members, action: 'opportunity.submit', involvementType: 'Co-Sell' };
    const client = signingClient({ actions: ['opportunity.submit'], writable: ['/Project'] });
    expect(await world.sendAs(client, 'a', body)).toMatchObject({
      refusal: { code: 'not-allowed', problems: [{ path: '/involvementType' }] },
    });
  });

  it('a client is refused another owner of an opportunity if it never changes the email of one', async () => {
    const world = await commandsWorld();
    const assignee = { Email: 'a@example.com', FirstName: 'A', LastName: 'B', BusinessTitle: 'C' };
    const body: JsonObject = { ...associate, action: 'opportunity.assign', assignee };
    const { entity: _entity, ...request } = body;
    const client = signingClient({ never: ['/OpportunityTeam/*/Email'] });
    const enabled = ['AWS:opportunity.assign'] as const;
    expect(await world.sendAs(client, 'a', request, { enabled })).toMatchObject({
      refusal: { code: 'not-allowed', problems: [{ path: '/assignee' }] },
    });
  });

  it('a client that lacks several rights gets every member at once', async () => {
    const rights = signingClient({
      actions: [],
      catalogs: [],
      writable: ['/Project'],
      never: ['/LifeCycle'],
    });
    const patch = { LifeCycle: { Stage: 'Qualified' }, OpportunityType: 'Expansion' };
    const { problems } = await refusal(rights, patched(patch));
    expect(problems.map(({ path }) => path)).toEqual([
      '/action',
      '/catalog',
      '/patch/LifeCycle/Stage',
      '/patch/OpportunityType',
    ]);
  });
});

describe('a client with a right', () => {
  it.each<[string, Partial<Client>, JsonObject]>([
    ['a value that is writable', { writable: ['/LifeCycle/Stage'] }, updateRequest()],
    ['a value inside of what is writable', { writable: ['/LifeCycle'] }, updateRequest()],
    ['a value at a star', { writable: ['/*/Stage'] }, updateRequest()],
    [
      'a value beside one that it never changes',
      { never: ['/LifeCycle/NextSteps', '/Life'] },
      updateRequest(),
    ],
    ['an entity', { writable: ['/RelatedEntityIdentifiers'] }, associate],
    ['an invitation', { writable: ['/Status'], never: ['/LifeCycle'] }, acceptInvitation],
  ])('a client may change %s', async (_, rights, body) => {
    expect(await send(rights, body)).toMatchObject({ kind: 'accepted' });
  });

  it('a command has the id of its client as its name', async () => {
    const sent = await send({}, updateRequest());
    expect(sent.kind === 'accepted' && commandStateOf(sent.command).client).toBe('crm');
  });
});

describe('the setting relay:commands', () => {
  it('a client that may do everything is refused an action that relay:commands does not name', async () => {
    expect(await refusal({}, { ...associate, catalog: 'Sandbox' })).toMatchObject({ code: 'not-enabled' });
  });
});

describe('a disabled client', () => {
  const disabled = signingClient({ disabled: true });

  it('a disabled client is refused, and what was accepted before stays', async () => {
    const world = await commandsWorld();
    await world.sendAs(signingClient(), 'a', updateRequest());
    const answer = { kind: 'refused', refusal: { code: 'client-disabled', problems: [] } };
    expect(await world.sendAs(disabled, 'b', updateRequest())).toMatchObject(answer);
    expect(await world.sendAs(disabled, undefined, updateRequest({ check: true }))).toMatchObject(answer);
    expect(world.stored()).toMatchObject({ commands: 1, lines: 1 });
  });

  it('a disabled client is refused also when it repeats a request, and gets the same answer again once it is enabled', async () => {
    const world = await commandsWorld();
    await world.sendAs(signingClient(), 'a', updateRequest());
    expect(await world.sendAs(disabled, 'a', updateRequest())).toMatchObject({ kind: 'refused' });
    expect(await world.sendAs(signingClient(), 'a', updateRequest())).toMatchObject({ kind: 'repeated' });
  });
});

describe('a repetition', () => {
  it('a repetition is answered as before, whatever the client may do by now', async () => {
    const world = await commandsWorld();
    await world.sendAs(signingClient(), 'a', updateRequest());
    const without = signingClient({ actions: [], catalogs: [], writable: [], never: ['/LifeCycle'] });
    const again = await world.sendAs(without, 'a', updateRequest());
    expect(again).toMatchObject({ kind: 'repeated', command: { payload: { key: 'a', client: 'crm' } } });
  });
});

describe('the approval of a client', () => {
  it.each<[string, Client['approval'], JsonObject, boolean]>([
    ['always', 'always', updateRequest(), true],
    ['for its action', ['invitation.accept', 'opportunity.update'], updateRequest(), true],
    ['for another action', ['invitation.accept'], updateRequest(), false],
    ['never', 'never', updateRequest(), false],
    ['always, and that says irreversible', 'always', updateRequest({ irreversible: true }), true],
    ['never, and cannot be undone', 'never', { ...acceptInvitation, action: 'invitation.reject' }, true],
    [
      'never, cannot be undone and says so',
      'never',
      { ...acceptInvitation, action: 'invitation.reject', irreversible: true },
      false,
    ],
  ])('a command of a client whose approval is %s: waits as it must', async (_, approval, body, waits) => {
    const world = await commandsWorld();
    const client = signingClient({ approval });
    const checked = await world.sendAs(client, undefined, { ...body, check: true });
    expect(checked).toMatchObject({ check: { needsApproval: waits } });
    const sent = await world.sendAs(client, 'a', body);
    const state = sent.kind === 'accepted' ? commandStateOf(sent.command) : undefined;
    expect(state).toMatchObject(waits ? { status: 'waiting', reason: 'approval' } : { status: 'accepted' });
    const [line] = world.signalled;
    const tickets = line ? world.commands.tickets(line) : [];
    expect(tickets.map(({ needsApproval }) => needsApproval)).toEqual([waits]);
  });
});

describe('an answer to a client about its own command', () => {
  it('a check has no advice about a member that its client may never see', async () => {
    const world = await commandsWorld();
    const payload = opportunityPayload({ reviewStatus: 'Approved' });
    const Address = { CountryCode: 'US', StateOrRegion: 'Nowhere' };
    const Customer = { Account: { CompanyName: 'Example Corp', Address } };
    world.clock.advance(1_000);
    const LastModifiedDate = '2026-03-01T10:00:06.000Z';
    await world.put(opportunityKey, { ...payload, Customer, LastModifiedDate });
    const pathsFor = async (never: readonly string[]) => {
      const body = updateRequest({ check: true });
      const checked = await world.sendAs(signingClient({ never }), undefined, body);
      return checked.kind === 'checked' ? checked.check.warnings.map(({ path }) => path) : [];
    };
    const path = '/patch/Customer/Account/Address/StateOrRegion';
    expect(await pathsFor([])).toContain(path);
    expect(await pathsFor(['/Customer/Account/Address'])).not.toContain(path);
  });

  it('a check has no advice that depends on a value which its client may never see', async () => {
    const world = await commandsWorld();
    world.clock.advance(1_000);
    const Address = { CountryCode: 'US', PostalCode: 'x', StateOrRegion: 'Nowhere' };
    const LifeCycle = { Stage: 'Closed Lost', ReviewStatus: 'Approved', TargetCloseDate: '2026-12-31' };
    const Customer = { Account: { CompanyName: 'Example Corp', Address } };
    const LastModifiedDate = '2026-03-01T10:00:06.000Z';
    await world.put(opportunityKey, { ...opportunityPayload(), LifeCycle, Customer, LastModifiedDate });
    const adviceFor = async (never: readonly string[]) => {
      const body = updateRequest({ patch: { Project: { Title: 'New' } }, check: true });
      return JSON.stringify(await world.sendAs(signingClient({ never }), undefined, body));
    };
    const advice = ['if /LifeCycle/Stage is Closed Lost', 'after the launch or loss', '#####', 'Washington'];
    const whole = await adviceFor([]);
    for (const text of advice) expect(whole).toContain(text);
    const limited = await adviceFor(['/LifeCycle/Stage', '/Customer/Account/Address/CountryCode']);
    for (const text of advice) expect(limited).not.toContain(text);
  });

  it('an answer has no value that its client may never see in a problem, which stays', async () => {
    const world = await commandsWorld();
    world.clock.advance(1_000);
    const LifeCycle = { ReviewStatus: 'Approved', TargetCloseDate: '2019-04-05' };
    const LastModifiedDate = '2026-03-01T10:00:06.000Z';
    await world.put(opportunityKey, { ...opportunityPayload(), LifeCycle, LastModifiedDate });
    const path = '/LifeCycle/TargetCloseDate';
    const answers = async (rights: Partial<Client>) => {
      const client = signingClient(rights);
      const checked = await world.sendAs(client, undefined, updateRequest({ check: true }));
      return [checked, await world.sendAs(client, 'a', updateRequest())];
    };
    expect(JSON.stringify(await answers({}))).toContain('2019-04-05');
    const hidden = await answers({ never: [path] });
    expect(hidden).toMatchObject([{ check: { problems: [{ path: `/patch${path}` }] } }, { kind: 'refused' }]);
    expect(JSON.stringify(hidden)).not.toContain('2019');
  });

  it('a client is refused an object in the place of a list with a value that it may never see', async () => {
    const world = await commandsWorld();
    world.clock.advance(1_000);
    const Contacts = [{ FirstName: 'Ada', Email: 'ada@example.com' }];
    const LastModifiedDate = '2026-03-01T10:00:06.000Z';
    await world.put(opportunityKey, { ...opportunityPayload(), Customer: { Contacts }, LastModifiedDate });
    const patch = { Customer: { Contacts: { x: { FirstName: 'Bob' } } } };
    const never = ['/Customer/Contacts/*/Email'];
    const path = '/patch/Customer/Contacts';
    const problems = [{ path, message: expect.stringContaining('another type of value') }];
    const checked = await world.sendAs(
      signingClient({ never }),
      undefined,
      updateRequest({ patch, check: true }),
    );
    expect(checked).toMatchObject({ kind: 'checked', check: { changes: [], problems } });
    expect(JSON.stringify(checked)).not.toContain('ada@example.com');
    const sent = await world.sendAs(signingClient({ never }), 'a', patched(patch));
    expect(sent).toMatchObject({ kind: 'refused', refusal: { problems } });
    expect(JSON.stringify(sent)).not.toContain('ada@example.com');
  });

  it('an answer has no words of AWS about a task if its client may never see a value', async () => {
    const world = await commandsWorld();
    const sent = await world.sendAs(signingClient(), 'a', acceptInvitation);
    if (sent.kind !== 'accepted') throw new Error(sent.kind);
    const problems = [{ path: '/Status', code: 'InvitationValidationFailed', by: 'aws' }];
    const command = { ...sent.command, payload: { ...sent.command.payload, problems } };
    const content = await readContent(sent.command, world);
    const details = {
      command,
      content: content && { ...content, awsMessages: ['ada@example.com is wrong'] },
    };
    const never = ['/Customer/Contacts/*/Email'];
    expect(detailMembers(details, signingClient({ never }))['problems']).toEqual(problems);
    expect(detailMembers(details, signingClient())).toMatchObject({
      problems: [{ message: 'ada@example.com is wrong' }],
    });
  });

  it('an answer to the largest patch is smaller than what a function can answer', async () => {
    const members = Array.from({ length: 500 }, (_, index) => [`${index}`.padEnd(40, 'x'), 1]);
    const patch = { ['"'.repeat(88)]: Object.fromEntries(members) };
    const writable = Array.from({ length: 64 }, (_, index) => `/${index}`.padEnd(512, '"'));
    const refused = await refusal({ writable }, patched(patch));
    expect(refused.problems).toHaveLength(500);
    expect(refused.problems[0]?.message).toMatch(/…, 64 pointers$/u);
    const longestAnswer = 6 * 1024 * 1024;
    const answer = acceptanceAnswer({ kind: 'refused', refusal: refused });
    expect(Buffer.byteLength(JSON.stringify(answer))).toBeLessThan(longestAnswer);

    const longer = patched({ ['"'.repeat(100)]: Object.fromEntries(members) });
    expect(await refusal({ writable }, longer)).toMatchObject({
      problems: [
        { path: '/patch', message: expect.stringContaining('bytes together; allowed: up to 65536') },
      ],
    });
  });

  it('an answer has no words of AWS about a value of a create that its client may never see', async () => {
    const world = await commandsWorld();
    const sent = await world.sendAs(signingClient(), 'a', create, { enabled: ['AWS:opportunity.create'] });
    if (sent.kind !== 'accepted') throw new Error(sent.kind);
    const stored = await readContent(sent.command, world);
    const content = stored && { ...stored, awsMessages: ['"AnyCompany" is invalid'] };
    const printed = (path: string, never: readonly string[]) => {
      const ended = { status: 'failed', code: 'refused', problems: [{ path, code: 'INVALID', by: 'aws' }] };
      const command = { ...sent.command, payload: { ...sent.command.payload, ...ended } };
      return JSON.stringify(detailMembers({ command, content }, { never }));
    };
    const name = '/Customer/Account/CompanyName';
    for (const path of [`/opportunity${name}`, '/opportunity/Customer', '/opportunity']) {
      expect(printed(path, [name])).not.toContain('AnyCompany');
      expect(printed(path, [])).toContain('is invalid');
    }
    expect(printed('/opportunity/Project/Title', [name])).toContain('is invalid');
  });

  it('an answer does not say that a catalog which its client may not use has the record', async () => {
    const world = await commandsWorld();
    const body = updateRequest({ catalog: 'Sandbox' });
    const hint = 'the catalog AWS has it';
    expect(JSON.stringify(await world.sendAs(signingClient(), 'a', body))).toContain(hint);
    const limited = await world.sendAs(signingClient({ catalogs: ['Sandbox'] }), 'a', body);
    expect(limited).toMatchObject({ kind: 'refused', refusal: { code: 'unknown-target' } });
    expect(JSON.stringify(limited)).not.toContain(hint);
  });

  it('an answer has no value that its client may never see, even if that has sent it earlier', async () => {
    const world = await commandsWorld();
    const patch = { LifeCycle: { Stage: 'Qualified', NextSteps: 'Call' }, Project: { Title: 'A' } };
    const sent = await world.sendAs(signingClient(), 'a', patched(patch));
    if (sent.kind !== 'accepted') throw new Error(sent.kind);
    const details = { command: sent.command, content: await readContent(sent.command, world) };
    expect(detailMembers(details)).toMatchObject({ request: { patch } });
    const printed = detailMembers(details, signingClient({ never: ['/LifeCycle/NextSteps', '/Project'] }));
    expect(printed['request']).toEqual({ ...updateRequest(), patch: { LifeCycle: { Stage: 'Qualified' } } });
  });

  it('an answer has no entity at a path that its client may never see', async () => {
    const world = await commandsWorld();
    const sent = await world.sendAs(signingClient(), 'a', associate);
    if (sent.kind !== 'accepted') throw new Error(sent.kind);
    const details = { command: sent.command, content: await readContent(sent.command, world) };
    const { entity: _entity, ...rest } = associate;
    expect(detailMembers(details, signingClient({ never: ['/RelatedEntityIdentifiers'] }))).toMatchObject({
      request: rest,
    });
  });

  it('an answer has no words of AWS about an entity if its client may never see a value', async () => {
    const world = await commandsWorld();
    const sent = await world.sendAs(signingClient(), 'a', associate);
    if (sent.kind !== 'accepted') throw new Error(sent.kind);
    const problems = [{ path: '/RelatedEntityIdentifiers/Solutions', code: 'X', by: 'aws' }];
    const command = { ...sent.command, payload: { ...sent.command.payload, problems } };
    const content = await readContent(sent.command, world);
    const details = { command, content: content && { ...content, awsMessages: ['the stage is Launched'] } };
    expect(JSON.stringify(detailMembers(details))).toContain('Launched');
    const limited = detailMembers(details, signingClient({ never: ['/LifeCycle/Stage'] }));
    expect(JSON.stringify(limited)).not.toContain('Launched');
  });

  it('an answer has the words of AWS only about values that its client may see', async () => {
    const world = await commandsWorld();
    const sent = await world.sendAs(signingClient(), 'a', updateRequest());
    if (sent.kind !== 'accepted') throw new Error(sent.kind);
    const problems = ['/Project/Title', '/LifeCycle/Stage'].map((path) => ({ path, code: 'X', by: 'aws' }));
    const command = { ...sent.command, payload: { ...sent.command.payload, problems } };
    const content = await readContent(sent.command, world);
    const details = { command, content: content && { ...content, awsMessages: ['title', 'stage'] } };
    const [title, stage] = problems;
    expect(detailMembers(details, signingClient({ never: ['/Project'] }))['problems']).toEqual([
      title,
      { ...stage, message: 'stage' },
    ]);
  });
});
