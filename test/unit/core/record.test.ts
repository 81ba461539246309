import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lastModifiedAtOf } from '../../../lambdas/core/freshness.ts';
import { attributesOf, parseRecordPath, recordKinds, recordPath } from '../../../lambdas/core/record.ts';
import { anyJsonObject } from '../../builders/arbitrary-json.ts';
import { engagementBody } from '../../builders/engagement-payloads.ts';
import {
  invitationPayload,
  leadInvitationBody,
  referralInvitationBody,
} from '../../builders/invitation-payloads.ts';
import { awsSummaryBody, opportunityBody, opportunityPayload } from '../../builders/payloads.ts';

const stamp = (lastModifiedDate: string) =>
  lastModifiedAtOf('opportunity', opportunityBody({ lastModifiedDate }));
const named = (attributes: object) =>
  Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== undefined));

describe('recordPath', () => {
  it('is catalog, kind and id', () => {
    expect(recordPath({ catalog: 'AWS', kind: 'opportunity', id: 'O5465588' })).toBe(
      'AWS/opportunity/O5465588',
    );
  });

  it('is read back to the same key', () => {
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
  ])('gives undefined for %j', (path) => expect(parseRecordPath(path)).toBeUndefined());
});

describe('attributes of an opportunity', () => {
  const expected = {
    title: 'Data platform',
    customerName: 'Example Corp',
    stage: 'Prospect',
    reviewStatus: 'Submitted',
    dueOn: '2026-09-30',
  };

  it('are lifted out of the recorded shape, with its nulls and without', () => {
    expect(named(attributesOf('opportunity', opportunityBody()))).toEqual(expected);
    expect(named(attributesOf('opportunity', opportunityPayload()))).toEqual(expected);
  });

  it('carry AWS’s stamp in milliseconds, whatever its precision', () => {
    expect(stamp('2026-03-01T10:00:00Z')).toBe('2026-03-01T10:00:00.000Z');
    expect(stamp('2026-03-01T10:00:00.123456789Z')).toBe('2026-03-01T10:00:00.123Z');
  });

  it('are left out where AWS sends null, the text null, nothing or another type', () => {
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

  it('leave out a close date that is no date', () => {
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

describe('attributes of the AWS-side summary', () => {
  it('are few: the recorded shape has no life cycle', () => {
    expect(named(attributesOf('aws-opportunity-summary', awsSummaryBody()))).toEqual({});
  });

  it('are stage and target close date once somebody at AWS filled them in', () => {
    const lifeCycle = { NextSteps: null, Stage: 'Qualified', TargetCloseDate: '2026-10-31' };
    expect(named(attributesOf('aws-opportunity-summary', awsSummaryBody({ lifeCycle })))).toEqual({
      stage: 'Qualified',
      dueOn: '2026-10-31',
    });
  });
});

describe('attributes of an invitation', () => {
  it('of a referral, are lifted out of the recorded shape', () => {
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

  it('of a lead, take the title of the engagement and have no due date', () => {
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

  it('prefer the title of the project to that of the engagement', () => {
    const body = { ...referralInvitationBody({ title: 'Project' }), EngagementTitle: 'Engagement' };
    expect(attributesOf('engagement-invitation', body).title).toBe('Project');
  });

  it('are left out where AWS sends null or no date', () => {
    const body = referralInvitationBody({ engagementId: null, expirationDate: 'in two weeks', status: null });
    expect(named(attributesOf('engagement-invitation', body))).toEqual({
      title: 'Data platform',
      customerName: 'Example Corp',
    });
  });
});

it('attributes of any JSON are texts or absent, never an exception', () => {
  fc.assert(
    fc.property(fc.constantFrom(...recordKinds), anyJsonObject, (kind, payload) => {
      for (const value of Object.values(named(attributesOf(kind, payload))))
        expect(value).toBeTypeOf('string');
    }),
  );
});

describe('attributes of an engagement', () => {
  it('are its title and its own id, by which everything of it is found', () => {
    expect(named(attributesOf('engagement', engagementBody()))).toEqual({
      title: 'Data platform',
      engagementId: 'eng-abcdefgh123456',
    });
    expect(named(attributesOf('engagement', { Title: 'null', Id: null }))).toEqual({});
  });
});
