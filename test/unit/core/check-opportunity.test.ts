import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkOpportunity } from '../../../lambdas/core/check-opportunity.ts';
import type { JsonObject } from '../../../lambdas/core/json.ts';
import { anyJson, anyJsonObject } from '../../builders/arbitrary-json.ts';
import { completeDraft } from '../../builders/opportunity-draft.ts';

const now = '2026-03-01T10:00:00.000Z';
const check = (base: JsonObject, patch: JsonObject = {}) => checkOpportunity(base, patch, now);
const inStatus = (ReviewStatus: string, Stage = 'Prospect') =>
  completeDraft({ LifeCycle: { ReviewStatus, Stage } });
const codes = (findings: readonly { readonly path: string; readonly code: string }[]) =>
  findings.map(({ path, code }) => `${path} ${code}`);

describe('checkOpportunity', () => {
  it('finds nothing in a complete draft', () => {
    expect(check(completeDraft())).toEqual({ changes: [], locked: false, problems: [], warnings: [] });
  });

  it('finds what a draft lacks for a submission', () => {
    const lacking = completeDraft({
      PrimaryNeedsFromAws: null,
      Project: { SalesActivities: [], CustomerUseCase: '' },
      RelatedEntityIdentifiers: { Solutions: [] },
    });
    const { problems, warnings } = check(lacking);
    expect(problems).toEqual([]);
    expect(codes(warnings).toSorted()).toEqual([
      '/PrimaryNeedsFromAws missing',
      '/Project/CustomerUseCase missing',
      '/Project/SalesActivities missing',
      '/RelatedEntityIdentifiers/Solutions missing',
    ]);
  });

  it('reports what an approved opportunity lacks for a submission only if the patch removes it', () => {
    const approved = completeDraft({
      LifeCycle: { ReviewStatus: 'Approved' },
      Project: { SalesActivities: null },
    });
    expect(check(approved).warnings).toEqual([]);
    expect(codes(check(approved, { Project: { DeliveryModels: null } }).warnings)).toEqual([
      '/Project/DeliveryModels missing',
    ]);
  });

  it('returns each change with both values, a list as one value, and nothing that AWS prints the same', () => {
    const patch = {
      LifeCycle: { NextSteps: null },
      Marketing: { Channels: ['TV', 'Email'] },
      Project: {
        ExpectedContractDuration: { Value: '24' },
        Title: ' Data platform ',
        OtherSolutionDescription: '',
      },
      SoftwareRevenue: { Value: { Amount: '5000' } },
      Customer: { Account: { Address: null } },
    };
    expect(check(completeDraft(), patch).changes).toEqual([
      { path: '/Customer/Account/Address/City', before: 'Seattle' },
      { path: '/Customer/Account/Address/CountryCode', before: 'US' },
      { path: '/Customer/Account/Address/PostalCode', before: '98101' },
      { path: '/Customer/Account/Address/StateOrRegion', before: 'Washington' },
      { path: '/Customer/Account/Address/StreetAddress', before: '1 Example Street' },
      { path: '/LifeCycle/NextSteps', before: 'Call the customer' },
      { path: '/Marketing/Channels', before: ['Email'], after: ['TV', 'Email'] },
      { path: '/Project/ExpectedContractDuration/Value', before: '12', after: '24' },
      { path: '/Project/OtherSolutionDescription', before: 'Our data platform' },
    ]);
  });

  it.each(['Submitted', 'In review'])('stops every update while the review status is %s', (status) => {
    const { locked, problems } = check(inStatus(status), { LifeCycle: { NextSteps: 'Write' } });
    expect({ locked, found: codes(problems) }).toEqual({
      locked: true,
      found: ['/LifeCycle/ReviewStatus locked'],
    });
  });

  it('takes a change of the review status in the Sandbox, which simulates the review of AWS', () => {
    const base = completeDraft({ Catalog: 'Sandbox', LifeCycle: { ReviewStatus: 'Submitted' } });
    const { locked, problems, warnings } = check(base, { LifeCycle: { ReviewStatus: 'Approved' } });
    expect({ locked, problems, found: codes(warnings) }).toEqual({
      locked: true,
      problems: [],
      found: ['/LifeCycle/ReviewStatus locked'],
    });
    expect(codes(check(base, { LifeCycle: { NextSteps: 'Write' } }).problems)).toEqual([
      '/LifeCycle/ReviewStatus locked',
    ]);
  });

  it('stops an update of an opportunity whose close date is in the past, and not on that day', () => {
    const past = completeDraft({ LifeCycle: { TargetCloseDate: '2026-02-28' } });
    expect(codes(check(past).problems)).toEqual(['/LifeCycle/TargetCloseDate past-date']);
    expect(check(past, { LifeCycle: { TargetCloseDate: '2026-03-01' } }).problems).toEqual([]);
  });

  it.each(['ReviewStatus', 'Stage'])('stops an update that would leave out %s', (name) => {
    const patch = { LifeCycle: { [name]: null } };
    expect(codes(check(inStatus('Approved'), patch).problems)).toEqual([`/LifeCycle/${name} would-orphan`]);
    expect(codes(check(completeDraft(patch)).problems)).toEqual([`/LifeCycle/${name} would-orphan`]);
  });

  it('stops an invalid value that the patch sets, and warns of one that AWS has stored', () => {
    const stored = completeDraft({ Customer: { Account: { AwsAccountId: '0333333333333' } } });
    expect(check(stored, { LifeCycle: { NextSteps: 'Write' } })).toMatchObject({
      problems: [],
      warnings: [
        {
          path: '/Customer/Account/AwsAccountId',
          code: 'invalid-value',
          message:
            '/Customer/Account/AwsAccountId is a text of 13 characters; allowed: an AWS account id of 12 digits.',
        },
      ],
    });
    const { problems } = check(completeDraft(), { Customer: { Account: { AwsAccountId: '0333333333333' } } });
    expect(codes(problems)).toEqual(['/Customer/Account/AwsAccountId invalid-value']);
  });

  it('only warns of a value that is not in the lists of AWS, which grow', () => {
    const patch = { PrimaryNeedsFromAws: ['Do Not Need Support from AWS Sales Rep'] };
    const { problems, warnings } = check(completeDraft(), patch);
    expect({ problems, found: codes(warnings) }).toEqual({
      problems: [],
      found: ['/PrimaryNeedsFromAws/0 unknown-value'],
    });
  });

  it('warns of a member that it does not know only if the patch sets it', () => {
    const base = completeDraft({ Future: { Depth: 1 } });
    expect(check(base).warnings).toEqual([]);
    expect(codes(check(base, { Future: { Depth: 2 } }).warnings)).toEqual(['/Future/Depth unknown-member']);
    expect(codes(check(base, { Project: { 'a/b': 2 } }).warnings)).toEqual(['/Project/a~1b unknown-member']);
  });

  it.each([
    ['CA', 'k1a 0b1', true],
    ['CA', 'K1A-0B1', false],
    ['GB', 'SW1A 1AA', true],
    ['GB', '12345', false],
    ['US', '98101-1234', true],
    ['US', '9810', false],
    ['SM', '47891', true],
    ['SM', '12345', false],
    ['KY', 'anything', true],
  ])('knows the format of postal codes in %s: %s', (CountryCode, PostalCode, isUsual) => {
    const base = completeDraft({
      Customer: { Account: { Address: { CountryCode, PostalCode } } },
    });
    const expected = isUsual ? [] : ['/Customer/Account/Address/PostalCode unknown-value'];
    expect(codes(check(base).warnings)).toEqual(expected);
  });

  it.each([
    ['requires no postal code in a country without them', { PostalCode: null }, []],
    [
      'warns of a postal code in a country without them',
      { PostalCode: '12' },
      ['/Customer/Account/Address/PostalCode must-be-absent'],
    ],
  ])('%s', (_, address, expected) => {
    const base = completeDraft({
      Customer: { Account: { Address: { CountryCode: 'AE', StateOrRegion: null, ...address } } },
    });
    expect(codes(check(base).warnings)).toEqual(expected);
  });

  it('judges any JSON with sentences that name the member', () => {
    const anyOpportunity = fc.record(
      { Customer: anyJson, Project: anyJson, LifeCycle: anyJson, Marketing: anyJson, Catalog: anyJson },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(anyOpportunity, anyOpportunity, anyJsonObject, (base, patch, more) => {
        const { problems, warnings } = check(completeDraft(base), { ...more, ...patch });
        for (const { path, message } of [...problems, ...warnings]) {
          expect(message.startsWith(`${path} `)).toBe(true);
          expect(message).toMatch(/^\/.*\.$/s);
        }
      }),
      { numRuns: 500, seed: 37 },
    );
  });

  it('repeats no value but those of lists of values, statuses and dates', () => {
    const secret = 'Jane Example 4711';
    const personal = completeDraft({
      Customer: {
        Account: {
          Address: { CountryCode: secret, PostalCode: secret, StateOrRegion: secret },
          Duns: secret,
          AwsAccountId: secret,
        },
        Contacts: [{ Email: secret, Phone: secret }],
      },
      Project: {
        ExpectedCustomerSpend: [{ Amount: secret, EstimationUrl: secret, CurrencyCode: secret }],
        CustomerBusinessProblem: secret,
        RelatedOpportunityIdentifier: secret,
      },
    });
    const { problems, warnings } = check(completeDraft(), personal);
    expect(problems.length).toBeGreaterThan(5);
    expect([...problems, ...warnings].filter(({ message }) => message.includes('Jane'))).toEqual([]);
  });
});
