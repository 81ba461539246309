import { describe, expect, it } from 'vitest';
import { contextsIn } from '../../../lambdas/core/engagement-context.ts';
import {
  at,
  isJsonObject,
  type Json,
  type JsonObject,
  omitNulls,
  textAt,
} from '../../../lambdas/core/json.ts';
import type { LineKey } from '../../../lambdas/core/line.ts';
import type { LinkEnd } from '../../../lambdas/core/link.ts';
import type { TaskPlan } from '../../../local/partner-central/model/service-behavior.ts';
import {
  type ActWorld,
  act,
  actUntilQuiet,
  actWorld,
  advance,
  ask,
  effectiveWrites,
  hydrate,
  openLead,
  receiveLead,
  stateOf,
  truthOf,
} from './act-world.ts';

const unknown = { kind: 'unknown', error: 'TimeoutError' } as const;
const accept = { action: 'lead.accept' } as const;
const convert = { action: 'lead.to_opportunity', context: { id: '1' } } as const;

function qualify(QualificationStatus: string, more: JsonObject = {}) {
  const patch = { Lead: { QualificationStatus, ...more } };
  return { action: 'engagement.update_context', context: { id: '1', patch } } as const;
}

function leadOf(world: ActWorld, engagement: LineKey): Json | undefined {
  const [context] = contextsIn(truthOf(world, engagement));
  return at(context, 'Payload', 'Lead');
}

/** A person changes the lead in the console. */
function changeLead(world: ActWorld, engagement: LineKey, lead: JsonObject): void {
  const before = leadOf(world, engagement);
  const Payload = { Lead: { ...(isJsonObject(before) && before), ...lead } };
  world.partner.updateEngagement(engagement.id, {
    patch: { Contexts: [{ Id: '1', Type: 'Lead', Payload }] },
  });
}

function fail(world: ActWorld, failure: TaskPlan['failure']): void {
  const { writes } = world.partner;
  writes.behavior = { ...writes.behavior, planTask: () => ({ afterMs: 0, failure }) };
}

async function linksOf(world: ActWorld, key: LineKey): Promise<readonly LinkEnd[]> {
  return (await world.records.current(key))?.links ?? [];
}

describe('The acceptance of a lead', () => {
  it('is one call without a token, after which the invitation is read as accepted', async () => {
    const world = actWorld();
    const key = await receiveLead(world);
    const command = await ask(world, key, accept);
    await actUntilQuiet(world, key);
    expect(await stateOf(world, command)).toMatchObject({ status: 'succeeded', evidence: 'answer' });
    expect(world.simulated.calls).toEqual([
      { operation: 'AcceptEngagementInvitation', body: { Catalog: 'AWS', Identifier: key.id } },
    ]);
    expect((await world.records.current(key))?.attributes.status).toBe('ACCEPTED');
  });

  it.for([true, false])(
    'is settled by a read if its answer was lost and it was applied: %s',
    async (applied) => {
      const world = actWorld();
      const key = await receiveLead(world);
      world.simulated.plays.push((perform) => {
        if (applied) perform();
        return unknown;
      });
      const command = await ask(world, key, accept);
      await actUntilQuiet(world, key);
      const evidence = applied ? 'read-back' : 'answer';
      expect(await stateOf(world, command)).toMatchObject({ status: 'succeeded', evidence });
      expect(world.simulated.calls).toHaveLength(applied ? 1 : 2);
      expect(effectiveWrites(world)).toHaveLength(1);
    },
  );

  it('has nothing to do if a person has accepted the lead in the console', async () => {
    const world = actWorld();
    const key = await receiveLead(world);
    const command = await ask(world, key, accept);
    world.partner.acceptInvitation(key.id);
    await actUntilQuiet(world, key);
    expect(await stateOf(world, command)).toMatchObject({ status: 'succeeded', evidence: 'already' });
    expect(world.simulated.calls).toEqual([]);
  });

  it('is made once if a person rejects the lead between the read and the call', async () => {
    const world = actWorld();
    const key = await receiveLead(world);
    const command = await ask(world, key, accept);
    world.simulated.plays.push((perform) => {
      world.partner.rejectInvitation(key.id);
      return perform();
    });
    await act(world, key);
    expect(await stateOf(world, command)).toMatchObject({ status: 'accepted' });
    expect(effectiveWrites(world)).toEqual([]);
    expect(world.metrics.totals()).toMatchObject({ CommandsDenied: 1 });
  });
});

describe('The update of a context', () => {
  it('sends the whole payload with its unknown members, and the timestamp as AWS printed it', async () => {
    const world = actWorld();
    const { engagement } = await openLead(world);
    changeLead(world, engagement, { FutureMember: { Depth: 3 } });
    const ModifiedAt = textAt(truthOf(world, engagement), 'ModifiedAt');
    const before = leadOf(world, engagement);
    const command = await ask(world, engagement, qualify('Qualified'));
    await actUntilQuiet(world, engagement);
    expect(await stateOf(world, command)).toMatchObject({
      status: 'succeeded',
      evidence: 'answer',
      paths: ['/Contexts/*/Payload/Lead/QualificationStatus'],
    });
    const [call] = world.simulated.calls;
    expect(ModifiedAt).toMatch(/\.\d{9}Z$/);
    expect(call?.body['EngagementLastModifiedAt']).toBe(ModifiedAt);
    expect(at(call?.body, 'Payload', 'Lead', 'Interactions')).toBeUndefined();
    const expected = isJsonObject(before) ? omitNulls(before) : {};
    expect(omitNulls({ lead: leadOf(world, engagement) ?? null })).toEqual({
      lead: { ...expected, QualificationStatus: 'Qualified', FutureMember: { Depth: 3 } },
    });
    expect(effectiveWrites(world)).toHaveLength(1);
  });

  it('stores the members of the engagement too, so that none seems to have left', async () => {
    const world = actWorld();
    const { engagement } = await openLead(world);
    const membersOf = async () =>
      at((await world.records.current(engagement))?.payload, 'EngagementMemberList');
    const before = await membersOf();
    expect(before).toHaveLength(2);
    await ask(world, engagement, qualify('Qualified'));
    await actUntilQuiet(world, engagement);
    expect(await membersOf()).toEqual(before);
  });

  it('conflicts with a person who has changed the same member, and names its path', async () => {
    const world = actWorld();
    const { engagement } = await openLead(world);
    const command = await ask(world, engagement, qualify('Qualified'));
    changeLead(world, engagement, { QualificationStatus: 'Contacted' });
    await actUntilQuiet(world, engagement);
    expect(await stateOf(world, command)).toMatchObject({
      status: 'failed',
      code: 'conflict',
      conflicts: ['/Contexts/*/Payload/Lead/QualificationStatus'],
    });
    expect(world.simulated.calls).toEqual([]);
  });

  it('overwrites what a person has changed if it is requested, and names it', async () => {
    const world = actWorld();
    const { engagement } = await openLead(world);
    const command = await ask(world, engagement, { ...qualify('Qualified'), onConflict: 'overwrite' });
    changeLead(world, engagement, { QualificationStatus: 'Contacted' });
    await actUntilQuiet(world, engagement);
    expect(await stateOf(world, command)).toMatchObject({
      status: 'succeeded',
      overwrites: ['/Contexts/*/Payload/Lead/QualificationStatus'],
    });
    expect(textAt(leadOf(world, engagement), 'QualificationStatus')).toBe('Qualified');
  });

  it('keeps what a person changes between the read and the call', async () => {
    const world = actWorld();
    const { engagement } = await openLead(world);
    const command = await ask(world, engagement, qualify('Qualified'));
    world.simulated.plays.push((perform) => {
      world.partner.updateEngagement(engagement.id, { patch: { Description: 'A person was here' } });
      changeLead(world, engagement, { PersonWasHere: true });
      return perform();
    });
    await actUntilQuiet(world, engagement);
    expect(await stateOf(world, command)).toMatchObject({ status: 'succeeded' });
    expect(leadOf(world, engagement)).toMatchObject({
      QualificationStatus: 'Qualified',
      PersonWasHere: true,
    });
    expect(world.simulated.calls).toHaveLength(2);
    expect(effectiveWrites(world)).toHaveLength(1);
  });

  it.for([true, false])(
    'is settled by a read if its answer was lost and it was applied: %s',
    async (applied) => {
      const world = actWorld();
      const { engagement } = await openLead(world);
      world.simulated.plays.push((perform) => {
        if (applied) perform();
        return unknown;
      });
      const command = await ask(world, engagement, qualify('Qualified'));
      await actUntilQuiet(world, engagement);
      const evidence = applied ? 'read-back' : 'answer';
      expect(await stateOf(world, command)).toMatchObject({ status: 'succeeded', evidence });
      expect(effectiveWrites(world)).toHaveLength(1);
    },
  );

  it('adds an interaction, and loses none', async () => {
    const world = actWorld();
    const { engagement } = await openLead(world);
    const Contact = { BusinessTitle: 'CTO', Email: 'a@example.com', FirstName: 'A', LastName: 'B' };
    const command = await ask(world, engagement, qualify('Qualified', { Interaction: { Contact } }));
    await actUntilQuiet(world, engagement);
    expect(await stateOf(world, command)).toMatchObject({ status: 'succeeded' });
    expect(at(leadOf(world, engagement), 'Interactions')).toHaveLength(2);
  });

  it('is refused if the context is gone, and its path is named', async () => {
    const world = actWorld();
    const { engagement } = await openLead(world);
    const command = await ask(world, engagement, qualify('Qualified'));
    world.partner.updateEngagement(engagement.id, { patch: { Contexts: [] } });
    await actUntilQuiet(world, engagement);
    expect(await stateOf(world, command)).toMatchObject({ status: 'failed', code: 'conflict' });
    const adds = await ask(world, engagement, { ...qualify('Qualified'), onConflict: 'overwrite' });
    await actUntilQuiet(world, engagement);
    expect(await stateOf(world, adds)).toMatchObject({
      status: 'failed',
      code: 'refused',
      problems: [{ path: '/Contexts/*/Payload', code: 'no-context', by: 'relay' }],
    });
    expect(world.simulated.calls).toEqual([]);
  });

  it('is refused by the path of the record if AWS refuses a value of the patch', async () => {
    const world = actWorld();
    const { engagement } = await openLead(world);
    const command = await ask(world, engagement, qualify('Qualified', { Customer: { CompanyName: null } }));
    await actUntilQuiet(world, engagement);
    expect(await stateOf(world, command)).toMatchObject({
      status: 'failed',
      code: 'refused',
      problems: [{ path: '/Contexts/*/Payload/Lead/Customer/CompanyName', by: 'aws' }],
    });
  });

  it('is not ours if AWS refuses a value that the patch does not touch', async () => {
    const world = actWorld();
    const { engagement } = await openLead(world);
    changeLead(world, engagement, { Customer: { Industry: 'Retail' } });
    await hydrate(world, engagement);
    const command = await ask(world, engagement, qualify('Qualified'));
    await actUntilQuiet(world, engagement);
    expect(await stateOf(world, command)).toMatchObject({
      status: 'failed',
      code: 'not-yours',
      problems: [{ path: '/Contexts/*/Payload/Lead/Customer/CompanyName', by: 'aws' }],
    });
  });
});

describe('An opportunity made of a lead', () => {
  it('is stored, and linked to its engagement and its invitation, before the command ends', async () => {
    const world = actWorld();
    const { invitation, engagement } = await openLead(world);
    const command = await ask(world, engagement, convert);
    await actUntilQuiet(world, engagement);
    const { status, evidence, opportunityId = '' } = await stateOf(world, command);
    expect({ status, evidence }).toEqual({ status: 'succeeded', evidence: 'answer' });
    const opportunity = { catalog: 'AWS', kind: 'opportunity', id: opportunityId } as const;
    const toOpportunity = { kind: 'opportunity', id: opportunityId, via: 'lead-task' };
    expect(await linksOf(world, engagement)).toEqual([toOpportunity]);
    expect(await linksOf(world, invitation)).toEqual([toOpportunity]);
    expect(await linksOf(world, opportunity)).toEqual([
      { kind: 'engagement', id: engagement.id, via: 'lead-task' },
      { kind: 'engagement-invitation', id: invitation.id, via: 'lead-task' },
    ]);
    expect(effectiveWrites(world)).toHaveLength(1);
  });

  it('waits until the new opportunity can be read', async () => {
    const world = actWorld();
    const { engagement } = await openLead(world);
    world.simulated.onRead = (operation) => {
      world.simulated.lagMs = operation === 'GetOpportunity' ? 8_000 : 0;
    };
    const command = await ask(world, engagement, convert);
    await act(world, engagement);
    expect(await stateOf(world, command)).toMatchObject({ status: 'accepted' });
    await actUntilQuiet(world, engagement);
    expect(await stateOf(world, command)).toMatchObject({ status: 'succeeded' });
    expect(await linksOf(world, engagement)).toHaveLength(1);
    expect(world.simulated.calls).toHaveLength(1);
  });

  it('is made once if the answer was lost', async () => {
    const world = actWorld();
    const { engagement } = await openLead(world);
    world.simulated.plays.push((perform) => {
      perform();
      return unknown;
    });
    const command = await ask(world, engagement, convert);
    await actUntilQuiet(world, engagement);
    expect(await stateOf(world, command)).toMatchObject({ status: 'succeeded', evidence: 'answer' });
    const tokens = world.simulated.calls.map(({ body }) => textAt(body, 'ClientToken'));
    expect(tokens).toHaveLength(2);
    expect(new Set(tokens).size).toBe(1);
    expect(effectiveWrites(world)).toHaveLength(1);
  });

  it('waits for a task that takes a time, without a second call', async () => {
    const world = actWorld();
    const { engagement } = await openLead(world);
    const { writes } = world.partner;
    writes.behavior = { ...writes.behavior, planTask: () => ({ afterMs: 14_000 }) };
    const command = await ask(world, engagement, convert);
    await act(world, engagement);
    expect(await stateOf(world, command)).toMatchObject({ status: 'accepted' });
    advance(world, 5_000);
    await actUntilQuiet(world, engagement);
    expect(await stateOf(world, command)).toMatchObject({ status: 'succeeded' });
    expect(world.simulated.calls).toHaveLength(1);
  });

  it('is half done if the task fails and names the opportunity, which is linked', async () => {
    const world = actWorld();
    const { engagement } = await openLead(world);
    fail(world, { reasonCode: 'InternalError', message: 'for Ada', halfway: true });
    const command = await ask(world, engagement, convert);
    await actUntilQuiet(world, engagement);
    const state = await stateOf(world, command);
    expect(state).toMatchObject({ status: 'failed', code: 'half-done' });
    expect(await linksOf(world, engagement)).toMatchObject([{ id: state.opportunityId }]);
    expect(effectiveWrites(world)).toHaveLength(1);
    expect(JSON.stringify(world.log.lines)).not.toContain('Ada');
  });

  it('is never made twice, also if the failed task does not say that it has made one', async () => {
    const world = actWorld();
    const { engagement } = await openLead(world);
    fail(world, { reasonCode: 'InternalError', message: '', halfway: true, hidesWhatItMade: true });
    const command = await ask(world, engagement, convert);
    await actUntilQuiet(world, engagement);
    expect(await stateOf(world, command)).toMatchObject({ status: 'failed', code: 'task-failed' });
    expect(effectiveWrites(world)).toHaveLength(1);
  });

  it('is not made of a lead that is disqualified', async () => {
    const world = actWorld();
    const { engagement } = await openLead(world);
    changeLead(world, engagement, { QualificationStatus: 'Disqualified' });
    const command = await ask(world, engagement, convert);
    await actUntilQuiet(world, engagement);
    expect(await stateOf(world, command)).toMatchObject({
      status: 'failed',
      code: 'task-failed',
      problems: [{ path: '/Contexts', code: 'DisqualifiedLeadNotPermitted' }],
    });
    expect(effectiveWrites(world)).toEqual([]);
  });
});
