import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lastModifiedAtOf } from '../../../lambdas/core/freshness.ts';
import type { Json, JsonObject } from '../../../lambdas/core/json.ts';
import { attributesOf, parseRecordPath, recordKinds, recordPath } from '../../../lambdas/core/record.ts';
import { anyJsonObject } from '../../builders/arbitrary-json.ts';
import { engagementBody } from '../../builders/engagement-payloads.ts';
import {
  invitationPayload,
  leadInvitationBody,
  referralInvitationBody,
} from '../../builders/invitation-payloads.ts';
import { awsSummaryBody, opportunityBody, opportunityPayload } from '../../builders/payloads.ts';

const timestamp = (lastModifiedDate: string) =>
  lastModifiedAtOf('opportunity', opportunityBody({ lastModifiedDate }));
const named = (attributes: object) =>
  Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== undefined));

describe('recordPath', () => {
  it('joins catalog, kind and id', () => {
    expect(recordPath({ catalog: 'AWS', kind: 'opportunity', id: 'O5465588' })).toBe(
      'AWS/opportunity/O5465588',
    );
  });

  it('is parsed to the same key', () => {
    const part = fc.stringMatching(/^[A-Za-z0-9-]{1,20}$/);
    fc.assert(
      fc.property(part, fc.constantFrom(...recordKinds), part, (catalog, kind, id) => {
        expect(parseRecordPath(recordPath({ catalog, kind, id }))).toEqual({ catalog, kind, id });
      }),
    );
  });

  it.each([
    '',
    'AWS',
    'AWS/opportunity',
    'AWS/opportunity/',
    '/opportunity/O1',
    'AWS/solution/S1',
    'AWS/opportunity/O1/x',
    'AWS/opportunity/O1/',
  ])('parses %j to undefined', (path) => expect(parseRecordPath(path)).toBeUndefined());
});

describe('attributesOf an opportunity', () => {
  const expected = {
    title: 'Data platform',
    customerName: 'Example Corp',
    stage: 'Prospect',
    reviewStatus: 'Submitted',
    dueOn: '2026-09-30',
  };

  it('come from the recorded shape, with and without its nulls', () => {
    expect(named(attributesOf('opportunity', opportunityBody()))).toEqual(expected);
    expect(named(attributesOf('opportunity', opportunityPayload()))).toEqual(expected);
  });

  it('come with the AWS timestamp in milliseconds, for any precision', () => {
    expect(timestamp('2026-03-01T10:00:00Z')).toBe('2026-03-01T10:00:00.000Z');
    expect(timestamp('2026-03-01T10:00:00.123456789Z')).toBe('2026-03-01T10:00:00.123Z');
  });

  it('are absent if AWS sends null, the text null, nothing or another type', () => {
    const body = opportunityBody({
      lastModifiedDate: null,
      title: 'null',
      companyName: null,
      targetCloseDate: '',
    });
    expect(named(attributesOf('opportunity', body))).toEqual({
      stage: 'Prospect',
      reviewStatus: 'Submitted',
    });
    expect(
      named(
        attributesOf('opportunity', { LifeCycle: null, Project: 'x', Customer: [], LastModifiedDate: 5 }),
      ),
    ).toEqual({});
    expect(named(attributesOf('opportunity', {}))).toEqual({});
  });

  it('omit an invalid close date', () => {
    expect(
      attributesOf('opportunity', opportunityBody({ targetCloseDate: 'to be confirmed' })).dueOn,
    ).toBeUndefined();
  });

  it('keep values outside the documented enums', () => {
    const body = opportunityBody({ stage: 'Paused', reviewStatus: 'Disqualified' });
    expect(attributesOf('opportunity', body)).toMatchObject({
      stage: 'Paused',
      reviewStatus: 'Disqualified',
    });
  });
});

describe('attributesOf the AWS-side summary', () => {
  it('are absent in the recorded shape, which has no life cycle', () => {
    expect(named(attributesOf('aws-opportunity-summary', awsSummaryBody()))).toEqual({});
  });

  it('are stage and target close date once AWS has set them', () => {
    const lifeCycle = { NextSteps: null, Stage: 'Qualified', TargetCloseDate: '2026-10-31' };
    expect(named(attributesOf('aws-opportunity-summary', awsSummaryBody({ lifeCycle })))).toEqual({
      stage: 'Qualified',
      dueOn: '2026-10-31',
    });
  });
});

describe('attributesOf an invitation', () => {
  it('come from the recorded shape of a referral', () => {
    const expected = {
      title: 'Data platform',
      customerName: 'Example Corp',
      status: 'PENDING',
      dueOn: '2026-03-16T10:00:00.123Z',
      engagementId: 'eng-abcdefgh123456',
    };
    expect(named(attributesOf('engagement-invitation', referralInvitationBody()))).toEqual(expected);
    expect(named(attributesOf('engagement-invitation', invitationPayload()))).toEqual(expected);
  });

  it('have the customer of an account that two partners plan together', () => {
    const Payload = { AccountPlanningInvitation: { Customer: { CompanyName: 'Example Corp' } } };
    const body = { ...referralInvitationBody(), Payload, PayloadType: 'AccountPlanningInvitation' };
    expect(attributesOf('engagement-invitation', body).customerName).toBe('Example Corp');
  });

  it('have the title of the engagement and no due date for a lead', () => {
    expect(
      named(
        attributesOf('engagement-invitation', leadInvitationBody({ title: 'Lead of the spring campaign' })),
      ),
    ).toEqual({
      title: 'Lead of the spring campaign',
      customerName: 'Example Corp',
      status: 'PENDING',
      engagementId: 'eng-abcdefgh123456',
    });
  });

  it('prefer the project title to the engagement title', () => {
    const body = { ...referralInvitationBody({ title: 'Project' }), EngagementTitle: 'Engagement' };
    expect(attributesOf('engagement-invitation', body).title).toBe('Project');
  });

  it('are absent if AWS sends null or an invalid date', () => {
    const body = referralInvitationBody({ engagementId: null, expirationDate: 'in two weeks', status: null });
    expect(named(attributesOf('engagement-invitation', body))).toEqual({
      title: 'Data platform',
      customerName: 'Example Corp',
    });
  });
});

it('attributesOf any JSON returns texts or undefined and never throws', () => {
  fc.assert(
    fc.property(fc.constantFrom(...recordKinds), anyJsonObject, (kind, payload) => {
      for (const value of Object.values(named(attributesOf(kind, payload))))
        expect(value).toBeTypeOf('string');
    }),
  );
});

describe('attributesOf an engagement', () => {
  const customer = { Customer: { CompanyName: 'Example Corp' } };

  it.for<[context: JsonObject]>([
    [{ CustomerProject: customer }],
    [{ Lead: customer }],
    [{ CustomerAccount: customer }],
    [{ ProspectingResult: { Aws: { Customer: { AccountName: 'Example Corp' } } } }],
  ])('come with the customer in %j', ([Payload]) => {
    const Contexts: Json = [
      { Id: '1', Payload: { CustomerProject: {} } },
      { Id: '2', Payload },
      { Id: '3', Payload: { Lead: { Customer: { CompanyName: 'Another' } } } },
    ];
    expect(named(attributesOf('engagement', { Id: 'eng-1', Title: 'Migration', Contexts }))).toEqual({
      title: 'Migration',
      customerName: 'Example Corp',
      engagementId: 'eng-1',
    });
  });

  it('come without a customer if no context has one', () => {
    expect(named(attributesOf('engagement', { Id: 'eng-1', Contexts: null }))).toEqual({
      engagementId: 'eng-1',
    });
  });

  it('are its title, its customer and its id', () => {
    expect(named(attributesOf('engagement', engagementBody()))).toEqual({
      title: 'Data platform',
      customerName: 'Example Corp',
      engagementId: 'eng-abcdefgh123456',
    });
    expect(named(attributesOf('engagement', { Title: 'null', Id: null }))).toEqual({});
  });
});
