import { describe, expect } from 'vitest';
import type { JsonObject } from '../../../lambdas/core/json.ts';
import { usualBehavior } from '../../../local/partner-central/model/service-behavior.ts';
import { bodyOf, it } from './simulator-under-test.ts';
import { call, errorOf, problemsOf, updateOf } from './write-requests.ts';

const approved = { LifeCycle: { ReviewStatus: 'Approved' } };

describe('UpdateOpportunity of the simulator', () => {
  it('writes what the request says, answers the new date, and emits one event', async ({
    partner,
    simulator,
    events,
    clock,
  }) => {
    const id = partner.createOpportunity('AWS', { patch: approved });
    clock.nowMs += 5_000;
    const request = updateOf(partner, id, { LifeCycle: { Stage: 'Qualified', NextSteps: 'Call' } });
    const { status, body } = await call(simulator, 'UpdateOpportunity', request);
    expect({ status, body }).toEqual({
      status: 200,
      body: { Id: id, LastModifiedDate: '2026-03-01T10:00:05.250Z' },
    });
    expect(bodyOf(partner, `AWS/opportunity/${id}`)).toMatchObject({
      LastModifiedDate: '2026-03-01T10:00:05.250Z',
      LifeCycle: { Stage: 'Qualified', NextSteps: 'Call', ReviewStatus: 'Approved' },
    });
    expect(events.map((event) => event['detail-type'])).toEqual([
      'Opportunity Created',
      'Opportunity Updated',
    ]);
    expect(partner.writes.effective).toMatchObject([
      { operation: 'UpdateOpportunity', kind: 'opportunity', id, input: request },
    ]);
  });

  it('sets to null what the request leaves out, also a member that the model does not know', async ({
    partner,
    simulator,
  }) => {
    const patch = { ...approved, FutureMember: { Depth: 1 }, Project: { AdditionalComments: 'Soon' } };
    const id = partner.createOpportunity('AWS', { patch });
    const request = updateOf(partner, id, { FutureMember: null, Project: { AdditionalComments: null } });
    expect((await call(simulator, 'UpdateOpportunity', request)).status).toBe(200);
    expect(bodyOf(partner, `AWS/opportunity/${id}`)).toMatchObject({
      FutureMember: null,
      Project: { AdditionalComments: null },
    });
  });

  it('keeps a member that the model does not know if the request has it', async ({ partner, simulator }) => {
    const id = partner.createOpportunity('AWS', { patch: { ...approved, FutureMember: { Depth: 1 } } });
    await call(simulator, 'UpdateOpportunity', updateOf(partner, id, { LifeCycle: { NextSteps: 'Call' } }));
    expect(bodyOf(partner, `AWS/opportunity/${id}`)).toMatchObject({ FutureMember: { Depth: 1 } });
  });

  it('keeps the contract duration that the request leaves out', async ({ partner, simulator }) => {
    const duration = { ExpectedContractDuration: { Term: 'Months', Value: '12' } };
    const id = partner.createOpportunity('AWS', { patch: { ...approved, Project: duration } });
    const request = updateOf(partner, id, { Project: { ExpectedContractDuration: null } });
    expect((await call(simulator, 'UpdateOpportunity', request)).status).toBe(200);
    expect(bodyOf(partner, `AWS/opportunity/${id}`)).toMatchObject({ Project: duration });
  });

  it('keeps nothing but the contract duration of a project that the request leaves out', async ({
    partner,
    simulator,
  }) => {
    const duration = { ExpectedContractDuration: { Term: 'Months', Value: '12' } };
    const id = partner.createOpportunity('AWS', { patch: { Project: duration } });
    const request = updateOf(partner, id, { Project: null });
    expect((await call(simulator, 'UpdateOpportunity', request)).status).toBe(200);
    expect(bodyOf(partner, `AWS/opportunity/${id}`)).toMatchObject({
      Project: { ...duration, Title: null, CustomerUseCase: null },
    });
  });

  it('puts former next steps into the history', async ({ partner, simulator }) => {
    const id = partner.createOpportunity('AWS', {
      patch: { LifeCycle: { ...approved.LifeCycle, NextSteps: 'Call' } },
    });
    await call(simulator, 'UpdateOpportunity', updateOf(partner, id, { LifeCycle: { NextSteps: 'Write' } }));
    expect(bodyOf(partner, `AWS/opportunity/${id}`)).toMatchObject({
      LifeCycle: { NextSteps: 'Write', NextStepsHistory: [{ Value: 'Call' }] },
    });
  });

  it('orphans an opportunity for ever if the request leaves out ReviewStatus', async ({
    partner,
    simulator,
  }) => {
    const id = partner.createOpportunity('AWS', { patch: approved });
    const request = updateOf(partner, id, { LifeCycle: { ReviewStatus: null } });
    expect((await call(simulator, 'UpdateOpportunity', request)).status).toBe(200);
    const again = await call(
      simulator,
      'UpdateOpportunity',
      updateOf(partner, id, { LifeCycle: { ReviewStatus: 'Approved' } }),
    );
    expect(problemsOf(again)).toEqual(['LifeCycle.ReviewStatus: ACTION_NOT_PERMITTED']);
  });

  it('writes back a review status that the request has from an earlier time', async ({
    partner,
    simulator,
  }) => {
    const id = partner.createOpportunity('AWS', { patch: approved });
    const request = updateOf(partner, id, { PartnerOpportunityIdentifier: 'deal-1' });
    partner.updateOpportunity(id, {
      patch: { LifeCycle: { ReviewStatus: 'Action Required' } },
      sameTimestamp: true,
    });
    expect((await call(simulator, 'UpdateOpportunity', request)).status).toBe(200);
    expect(bodyOf(partner, `AWS/opportunity/${id}`)).toMatchObject(approved);
  });

  it.for([
    ['an older date', '2026-03-01T09:59:59.250Z'],
    ['a date with other digits after the milliseconds', '2026-03-01T10:00:00.250000001Z'],
    ['a date without milliseconds', '2026-03-01T10:00:00Z'],
  ])('refuses %s with a conflict', async ([_what, date], { partner, simulator }) => {
    const id = partner.createOpportunity('AWS', { patch: approved });
    const request = updateOf(partner, id, { LastModifiedDate: date ?? '' });
    expect(errorOf(await call(simulator, 'UpdateOpportunity', request))).toBe('ConflictException');
    expect(partner.writes.effective).toEqual([]);
  });

  it('accepts the same date in another precision', async ({ partner, simulator }) => {
    const id = partner.createOpportunity('AWS', { patch: approved });
    const request = updateOf(partner, id, { LastModifiedDate: '2026-03-01T10:00:00.250000000Z' });
    expect((await call(simulator, 'UpdateOpportunity', request)).status).toBe(200);
  });

  it.for([
    ['INVALID_RESOURCE_STATE', 'ValidationException'],
    ['ACTION_NOT_PERMITTED', 'ValidationException'],
    ['conflict', 'ConflictException'],
    ['access-denied', 'AccessDeniedException'],
  ] as const)(
    'refuses an update during the review as %s',
    async ([lockRefusal, error], { partner, simulator }) => {
      partner.writes.behavior = { ...usualBehavior, lockRefusal };
      for (const ReviewStatus of ['Submitted', 'In review']) {
        const id = partner.createOpportunity('AWS', { patch: { LifeCycle: { ReviewStatus } } });
        const answer = await call(simulator, 'UpdateOpportunity', updateOf(partner, id));
        expect(errorOf(answer)).toBe(error);
      }
      expect(partner.writes.effective).toEqual([]);
    },
  );

  it.for<[what: string, stored: JsonObject, patch: JsonObject, problems: readonly string[]]>([
    ['no stage', approved, { LifeCycle: { Stage: null } }, ['LifeCycle.Stage: REQUIRED_FIELD_MISSING']],
    [
      'no life cycle, although the service writes the history of next steps',
      approved,
      { LifeCycle: null },
      ['LifeCycle.TargetCloseDate: REQUIRED_FIELD_MISSING', 'LifeCycle.Stage: REQUIRED_FIELD_MISSING'],
    ],
    [
      'a removed object whose members do not change after the approval',
      approved,
      { Customer: { Account: { Address: null } } },
      [
        'Customer.Account.Address.CountryCode: ACTION_NOT_PERMITTED',
        'Customer.Account.Address.PostalCode: ACTION_NOT_PERMITTED',
        'Customer.Account.Address.StateOrRegion: ACTION_NOT_PERMITTED',
      ],
    ],
    [
      'a stage change before the submission',
      {},
      { LifeCycle: { Stage: 'Qualified' } },
      ['LifeCycle.Stage: ACTION_NOT_PERMITTED'],
    ],
    [
      'a close date in the past',
      approved,
      { LifeCycle: { TargetCloseDate: '2026-02-28' } },
      ['LifeCycle.TargetCloseDate: INVALID_VALUE'],
    ],
    [
      'a lost opportunity without a reason',
      approved,
      { LifeCycle: { Stage: 'Closed Lost' } },
      ['LifeCycle.ClosedLostReason: REQUIRED_FIELD_MISSING'],
    ],
    [
      'a reason without a loss',
      approved,
      { LifeCycle: { ClosedLostReason: 'Price' } },
      ['LifeCycle.ClosedLostReason: INVALID_VALUE'],
    ],
    [
      'an abbreviated state',
      {},
      { Customer: { Account: { Address: { StateOrRegion: 'WA' } } } },
      ['Customer.Account.Address.StateOrRegion: INVALID_VALUE'],
    ],
    [
      'an empty text',
      approved,
      { Project: { OtherSolutionDescription: '' } },
      ['Project.OtherSolutionDescription: INVALID_VALUE'],
    ],
    [
      'revenue after the submission',
      approved,
      { SoftwareRevenue: { DeliveryModel: 'Contract' } },
      ['SoftwareRevenue.DeliveryModel: ACTION_NOT_PERMITTED'],
    ],
    [
      'another title after the approval',
      approved,
      { Project: { Title: 'Another' } },
      ['Project.Title: ACTION_NOT_PERMITTED'],
    ],
    [
      'next steps while an action is required',
      { LifeCycle: { ReviewStatus: 'Action Required' } },
      { LifeCycle: { NextSteps: 'Call' } },
      ['LifeCycle.NextSteps: ACTION_NOT_PERMITTED'],
    ],
    [
      'any change after a rejection',
      { LifeCycle: { ReviewStatus: 'Rejected' } },
      { PartnerOpportunityIdentifier: 'deal-1' },
      ['PartnerOpportunityIdentifier: ACTION_NOT_PERMITTED'],
    ],
    [
      'next steps after the launch',
      { LifeCycle: { ReviewStatus: 'Approved', Stage: 'Launched' } },
      { LifeCycle: { NextSteps: 'Call' } },
      ['LifeCycle.NextSteps: ACTION_NOT_PERMITTED'],
    ],
    [
      'a campaign without marketing',
      {},
      { Marketing: { CampaignName: 'Spring' } },
      ['Marketing.CampaignName: INVALID_VALUE'],
    ],
    [
      'a renewal without its parent',
      approved,
      { OpportunityType: 'Flat Renewal' },
      ['Project.RelatedOpportunityIdentifier: REQUIRED_FIELD_MISSING'],
    ],
  ])('refuses %s', async ([_what, stored, patch, problems], { partner, simulator }) => {
    const id = partner.createOpportunity('AWS', { patch: stored });
    const answer = await call(simulator, 'UpdateOpportunity', updateOf(partner, id, patch));
    expect({ error: errorOf(answer), problems: problemsOf(answer) }).toEqual({
      error: 'ValidationException',
      problems,
    });
    expect(partner.writes.effective).toEqual([]);
  });

  it.for<[what: string, patch: JsonObject, problem: string]>([
    ['a value outside a picklist', { LifeCycle: { Stage: 'Won' } }, 'LifeCycle.Stage: INVALID_ENUM_VALUE'],
    [
      'a text that is too long',
      { LifeCycle: { NextSteps: 'x'.repeat(256) } },
      'LifeCycle.NextSteps: TOO_MANY_VALUES',
    ],
    ['a read-only member', { OpportunityTeam: [] }, 'OpportunityTeam: INVALID_VALUE'],
    ['no date', { LastModifiedDate: null }, 'LastModifiedDate: REQUIRED_FIELD_MISSING'],
  ])('refuses the shape of %s', async ([_what, patch, problem], { partner, simulator }) => {
    const id = partner.createOpportunity('AWS', { patch: approved });
    const answer = await call(simulator, 'UpdateOpportunity', updateOf(partner, id, patch));
    expect(answer.body).toMatchObject({ Reason: 'REQUEST_VALIDATION_FAILED' });
    expect(problemsOf(answer)).toEqual([problem]);
  });

  it('lets two writes share a date where dates have whole seconds', async ({ partner, simulator, clock }) => {
    partner.writes.behavior = { ...usualBehavior, timestampResolutionMs: 1_000 };
    const id = partner.createOpportunity('AWS', { patch: approved });
    clock.nowMs += 1_000;
    const first = await call(
      simulator,
      'UpdateOpportunity',
      updateOf(partner, id, { LifeCycle: { NextSteps: 'a' } }),
    );
    clock.nowMs += 100;
    const second = await call(
      simulator,
      'UpdateOpportunity',
      updateOf(partner, id, { LifeCycle: { NextSteps: 'b' } }),
    );
    expect([first.body['LastModifiedDate'], second.body['LastModifiedDate']]).toEqual([
      '2026-03-01T10:00:01Z',
      '2026-03-01T10:00:01Z',
    ]);
  });

  it('prints values otherwise than they were sent if it normalizes them', async ({ partner, simulator }) => {
    partner.writes.behavior = { ...usualBehavior, normalizesValues: true };
    const id = partner.createOpportunity('AWS', { patch: approved });
    const spend = [{ Amount: '531', CurrencyCode: 'USD', Frequency: 'Monthly', TargetCompany: 'AWS' }];
    const patch = { LifeCycle: { NextSteps: ' Call ' }, Project: { ExpectedCustomerSpend: spend } };
    await call(simulator, 'UpdateOpportunity', updateOf(partner, id, patch));
    expect(bodyOf(partner, `AWS/opportunity/${id}`)).toMatchObject({
      LifeCycle: { NextSteps: 'Call' },
      Project: { ExpectedCustomerSpend: [{ Amount: '531.0' }] },
    });
  });

  it('can refuse with an empty message, so that only the list of errors has facts', async ({
    partner,
    simulator,
  }) => {
    partner.writes.behavior = { ...usualBehavior, omitsMessages: true };
    const id = partner.createOpportunity('AWS', { patch: approved });
    const answer = await call(
      simulator,
      'UpdateOpportunity',
      updateOf(partner, id, { LifeCycle: { Stage: null } }),
    );
    expect(answer.body['Message']).toBe('');
    expect(problemsOf(answer)).toEqual(['LifeCycle.Stage: REQUIRED_FIELD_MISSING']);
  });
});
