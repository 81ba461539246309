import { describe, expect, it } from 'vitest';
import { readContent } from '../../../lambdas/commands/find-repeated.ts';
import { detailMembers } from '../../../lambdas/commands/read-command.ts';
import type { Client } from '../../../lambdas/core/client.ts';
import { type JsonObject, omitNulls } from '../../../lambdas/core/json.ts';
import { signingClient } from '../../builders/clients.ts';
import { engagementPayload } from '../../builders/engagement-payloads.ts';
import { leadInvitationBody } from '../../builders/invitation-payloads.ts';
import { engagementKey, invitationKey } from '../../builders/versions.ts';
import { commandsWorld } from './commands-world.ts';

const leadKey = { ...invitationKey, id: 'engi-lead123456789' };
const enabled = [
  'AWS:invitation.accept',
  'AWS:lead.accept',
  'AWS:lead.to_opportunity',
  'AWS:engagement.update_context',
] as const;
const lead = {
  Customer: { CompanyName: 'Example Corp', Industry: 'Retail' },
  Interactions: [{ SourceName: 'Example campaign' }],
  QualificationStatus: 'New',
};
const contexts: readonly JsonObject[] = [
  { Id: '1', Type: 'Lead', Payload: { Lead: lead } },
  { Id: '2', Type: 'CustomerProject', Payload: { CustomerProject: {} } },
];

const accepts = (action: string, target: string): JsonObject => ({ action, catalog: 'AWS', target });

function updates(id: string, patch: JsonObject): JsonObject {
  const context = { id, patch };
  return { action: 'engagement.update_context', catalog: 'AWS', target: engagementKey.id, context };
}

function converts(id: string): JsonObject {
  return { action: 'lead.to_opportunity', catalog: 'AWS', target: engagementKey.id, context: { id } };
}

async function leadsWorld() {
  const world = await commandsWorld();
  await world.put(leadKey, omitNulls(leadInvitationBody({ id: leadKey.id })));
  await world.put(engagementKey, engagementPayload({ contexts }));
  return world;
}

describe('a request about a lead is refused, nothing is stored, and the member is named:', () => {
  it.each<[string, JsonObject, string, string]>([
    [
      'lead.accept of an invitation to an opportunity',
      accepts('lead.accept', invitationKey.id),
      '/action',
      '"lead.accept", and the target is of the type OpportunityInvitation; allowed: the action invitation.accept',
    ],
    [
      'invitation.accept of an invitation to a lead',
      accepts('invitation.accept', leadKey.id),
      '/action',
      '"invitation.accept", and the target is of the type LeadInvitation; allowed: the action lead.accept',
    ],
    [
      'a context that the engagement has not',
      updates('3', { Lead: { QualificationStatus: 'Qualified' } }),
      '/context/id',
      '"3"; allowed: 1, 2',
    ],
    [
      'a context of another type',
      updates('2', { Lead: { QualificationStatus: 'Qualified' } }),
      '/context/patch',
      'the context 2 is a CustomerProject; allowed: the member CustomerProject',
    ],
    [
      'an opportunity of what is no lead',
      converts('2'),
      '/context/id',
      'the context 2 is a CustomerProject; allowed: one of the type Lead',
    ],
    [
      'a patch of two types',
      updates('1', { Lead: { QualificationStatus: 'Qualified' }, CustomerProject: {} }),
      '/context/patch',
      'allowed: an object with one member, the type of the context, such as Lead',
    ],
    [
      'a patch that changes nothing',
      updates('1', { Lead: {} }),
      '/context/patch',
      'nothing to change; allowed: an object with at least one value',
    ],
    [
      'a list of interactions',
      updates('1', { Lead: { Interactions: [] } }),
      '/context/patch/Lead/Interactions',
      '/Lead/Interactions cannot be set by this action; allowed: a request without it',
    ],
    [
      'no context',
      { ...converts('1'), context: 1 },
      '/context',
      '1; allowed: an object with the id of a context',
    ],
    [
      'an engagement that is not stored',
      { ...converts('1'), target: 'eng-00000000000000' },
      '/target',
      '"eng-00000000000000" is not stored in the catalog AWS; allowed: the id of a stored engagement',
    ],
  ])('%s', async (_case, body, path, message) => {
    const world = await leadsWorld();
    const sent = await world.send('a', body, { enabled });
    expect(sent).toMatchObject({ kind: 'refused', refusal: { problems: [{ path, message }] } });
    expect(world.stored()).toEqual({ commands: 0, lines: 0, contents: 0, intents: 0 });
  });
});

describe('a request about a lead is accepted:', () => {
  it.each([
    ['its acceptance', accepts('lead.accept', leadKey.id), 'engagement-invitation', ['/Status']],
    [
      'the update of its context',
      updates('1', { Lead: { QualificationStatus: 'Qualified', Customer: { Industry: null } } }),
      'engagement',
      ['/Contexts/*/Payload/Lead/QualificationStatus', '/Contexts/*/Payload/Lead/Customer/Industry'],
    ],
    ['its opportunity', converts('1'), 'engagement', ['/Contexts']],
  ])('%s', async (_case, body, kind, paths) => {
    const world = await leadsWorld();
    const sent = await world.send('a', body, { enabled });
    expect(sent).toMatchObject({ kind: 'accepted', command: { payload: { target: { kind }, paths } } });
    expect(JSON.stringify(sent)).not.toContain('Qualified');
  });

  it('the check of an update says what changes', async () => {
    const world = await leadsWorld();
    const patch = { Lead: { QualificationStatus: 'Qualified', Customer: { Industry: 'Retail' } } };
    const sent = await world.send(undefined, { ...updates('1', patch), check: true }, { enabled });
    expect(sent).toMatchObject({
      kind: 'checked',
      check: {
        changes: [
          { path: '/Contexts/*/Payload/Lead/QualificationStatus', before: 'New', after: 'Qualified' },
        ],
        problems: [],
      },
    });
  });
});

describe('a client changes of a context what its pointers allow:', () => {
  const customer = updates('1', { Lead: { Customer: { CompanyName: 'Example Ltd' } } });
  it.each<[string, Partial<Client>, boolean]>([
    ['everything', {}, true],
    ['what is writable', { writable: ['/Contexts/*/Payload/Lead/Customer'] }, true],
    ['not what is not writable', { writable: ['/Contexts/*/Payload/Lead/QualificationStatus'] }, false],
    ['not any context, if one alone is writable', { writable: ['/Contexts/0/Payload'] }, false],
    ['not what never changes', { never: ['/Contexts/*/Payload/*/Customer/CompanyName'] }, false],
    ['not what never changes in one context', { never: ['/Contexts/0/Payload/Lead'] }, false],
  ])('%s', async (_case, rights, isAllowed) => {
    const world = await leadsWorld();
    const caller = signingClient({ actions: ['engagement.update_context'], ...rights });
    const sent = await world.sendAs(caller, 'a', customer, { enabled });
    expect(sent.kind).toBe(isAllowed ? 'accepted' : 'refused');
    if (sent.kind === 'refused')
      expect(sent.refusal.problems.map(({ path }) => path)).toEqual([
        '/context/patch/Lead/Customer/CompanyName',
      ]);
  });

  it('a client reads no value of its own request that it never sees', async () => {
    const world = await leadsWorld();
    const sent = await world.send('a', customer, { enabled });
    if (sent.kind !== 'accepted') throw new Error(`the request was ${sent.kind}`);
    const { command } = sent;
    const content = await readContent(command, world.deps);
    const printed = (never: readonly string[]) =>
      JSON.stringify(detailMembers({ command, content }, { never }));
    expect(printed([])).toContain('Example Ltd');
    for (const never of [
      '',
      '/Contexts',
      '/Contexts/*/Payload/*/Customer/CompanyName',
      '/Contexts/0/Payload',
    ])
      expect(printed([never])).not.toContain('Example Ltd');
    expect(printed(['/Contexts/*/Payload/CustomerProject'])).toContain('Example Ltd');
  });
});
