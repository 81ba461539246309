import { describe, expect, it } from 'vitest';
import { at, isJsonArray, type JsonObject, textAt } from '../../../lambdas/core/json.ts';
import { toMillisecond, toNanosecond } from '../../../local/partner-central/model/aws-timestamps.ts';
import { bodyOf, engagementIdOf, simulatedPartner } from './simulator-under-test.ts';

function lastFormerSteps(body: JsonObject) {
  const history = at(body, 'LifeCycle', 'NextStepsHistory');
  return isJsonArray(history) ? textAt(history[0], 'Value') : undefined;
}

function modifiedAtMs(body: JsonObject): number {
  return Date.parse(textAt(body, 'LastModifiedDate') ?? '');
}

function play(seed: number) {
  const { partner, events, clock } = simulatedPartner({ seed });
  const id = partner.createOpportunity('AWS');
  partner.submitOpportunity(id);
  for (let update = 0; update < 5; update += 1) {
    clock.nowMs += 777;
    partner.updateOpportunity(id);
    partner.updateAwsSummary(id);
  }
  partner.acceptInvitation(partner.createInvitation('Sandbox', 'OpportunityInvitation'));
  return { events, truth: [...partner.truth()] };
}

describe('changes of the simulated partner', () => {
  it('changes the body and advances LastModifiedDate with each update, even within one millisecond', () => {
    const { partner, events } = simulatedPartner();
    const id = partner.createOpportunity('AWS');
    partner.submitOpportunity(id);
    const path = `AWS/opportunity/${id}`;
    for (let update = 0; update < 100; update += 1) {
      const before = bodyOf(partner, path);
      partner.updateOpportunity(id);
      const after = bodyOf(partner, path);
      expect(modifiedAtMs(after)).toBe(modifiedAtMs(before) + 1);
      expect(at(after, 'LifeCycle', 'NextSteps') ?? 'none').not.toBe(lastFormerSteps(after));
      expect({ ...after, LastModifiedDate: null }).not.toEqual({ ...before, LastModifiedDate: null });
    }
    expect(bodyOf(partner, path)).toMatchObject({
      LifeCycle: { Stage: 'Launched', ReviewStatus: 'Approved' },
    });
    expect(events).toHaveLength(102);
    expect(partner.truth().get(path)?.mutations).toBe(102);
  });

  it('keeps LastModifiedDate if two writes should have the same timestamp', () => {
    const { partner, clock } = simulatedPartner();
    const id = partner.createOpportunity('AWS');
    const before = bodyOf(partner, `AWS/opportunity/${id}`);
    clock.nowMs += 60_000;
    partner.updateOpportunity(id, { sameTimestamp: true });
    const after = bodyOf(partner, `AWS/opportunity/${id}`);
    expect(after['LastModifiedDate']).toBe(before['LastModifiedDate']);
    expect(after).not.toEqual(before);
  });

  it('changes only the summary in an AWS-side update, and emits Opportunity Updated', () => {
    const { partner, events } = simulatedPartner();
    const id = partner.createOpportunity('AWS');
    expect(() => partner.updateAwsSummary(id)).toThrow(`no aws-opportunity-summary ${id}`);
    partner.submitOpportunity(id);
    const opportunityBefore = bodyOf(partner, `AWS/opportunity/${id}`);
    for (let update = 0; update < 30; update += 1) {
      const before = bodyOf(partner, `AWS/aws-opportunity-summary/${id}`);
      partner.updateAwsSummary(id);
      expect(bodyOf(partner, `AWS/aws-opportunity-summary/${id}`)).not.toEqual(before);
    }
    expect(bodyOf(partner, `AWS/opportunity/${id}`)).toBe(opportunityBefore);
    expect(events.at(-1)?.['detail-type']).toBe('Opportunity Updated');
    expect(events).toHaveLength(32);
  });

  it('merges any member into a body and emits an event if AWS has one', () => {
    const { partner, events } = simulatedPartner();
    const id = partner.createOpportunity('AWS');
    const timestamp = '2026-03-01T10:00:01.123456789Z';
    partner.alter('opportunity', id, {
      LastModifiedDate: timestamp,
      LifeCycle: { Stage: 'Unknown stage' },
      Future: null,
    });
    expect(bodyOf(partner, `AWS/opportunity/${id}`)).toMatchObject({
      LastModifiedDate: timestamp,
      LifeCycle: { Stage: 'Unknown stage', ReviewStatus: 'Pending Submission' },
      Future: null,
    });
    expect(events).toHaveLength(2);
    partner.updateOpportunity(id);
    expect(bodyOf(partner, `AWS/opportunity/${id}`)['LastModifiedDate']).toBe('2026-03-01T10:00:01.124Z');
    const invited = partner.createInvitation('AWS', 'LeadInvitation');
    partner.alter('engagement-invitation', invited, { PayloadType: 'FutureInvitation' });
    expect(events).toHaveLength(4);
  });

  it.each([
    ['LeadInvitation', ['Lead', 'QualificationStatus']],
    ['AccountPlanningInvitation', ['CustomerAccount', 'Customer', 'Industry']],
  ] as const)('changes the context of an engagement from a %s', (payloadType, path) => {
    const { partner } = simulatedPartner();
    const invited = partner.createInvitation('AWS', payloadType);
    partner.acceptInvitation(invited);
    const id = engagementIdOf(partner, invited);
    const seen = new Set<string | undefined>();
    for (let update = 0; update < 10; update += 1) {
      const contexts = bodyOf(partner, `AWS/engagement/${id}`)['Contexts'];
      seen.add(isJsonArray(contexts) ? textAt(contexts[0], 'Payload', ...path) : undefined);
      partner.updateEngagement(id);
    }
    expect(seen.size).toBeGreaterThan(1);
    expect(seen).not.toContain(undefined);
  });

  it('repeats events and bodies for the same seed and calls, and differs for another seed', () => {
    expect(play(7)).toEqual(play(7));
    expect(play(7).events.map((event) => event.id)).not.toEqual(play(8).events.map((event) => event.id));
  });

  it('omits trailing zeros of timestamps', () => {
    const epochMs = Date.parse('2026-03-01T10:00:20Z');
    expect(toNanosecond(epochMs, () => 0)).toBe('2026-03-01T10:00:20Z');
    expect(toNanosecond(epochMs + 120, () => 0)).toBe('2026-03-01T10:00:20.12Z');
    expect(toNanosecond(epochMs + 120, () => 0.99)).toBe('2026-03-01T10:00:20.120999999Z');
    expect(toMillisecond(epochMs)).toBe('2026-03-01T10:00:20Z');
  });
});
