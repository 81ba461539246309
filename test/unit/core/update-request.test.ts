import { describe, expect, it } from 'vitest';
import { isJsonObject, type JsonObject } from '../../../lambdas/core/json.ts';
import { parseJson, stringifyJson } from '../../../lambdas/core/json-text.ts';
import { applyMergePatch } from '../../../lambdas/core/merge-patch.ts';
import { updateRequestOf } from '../../../lambdas/core/update-request.ts';

const base: JsonObject = {
  Arn: 'arn:aws:partnercentral:us-east-1:111122223333:catalog/AWS/opportunity/O1',
  Catalog: 'AWS',
  CreatedDate: '2026-03-01T10:00:00Z',
  Customer: {
    Account: { CompanyName: 'Example Corp', Duns: null },
    Contacts: [{ Email: 'a@b.example', Phone: null }],
  },
  FutureMember: { Depth: [1, null] },
  Id: 'O1',
  LastModifiedDate: '2026-03-09T01:50:25.685385312Z',
  LifeCycle: { NextSteps: 'Call', ReviewStatus: 'Approved', Stage: 'Prospect', ClosedLostReason: null },
  Marketing: { CampaignName: '' },
  OpportunityTeam: [{ Email: 'owner@partner.example.com' }],
  RelatedEntityIdentifiers: { Solutions: ['S-1'] },
};

describe('updateRequestOf', () => {
  it('sends the whole record with the patch, without read-only and empty members', () => {
    expect(updateRequestOf(base, { LifeCycle: { Stage: 'Qualified', NextSteps: null } })).toEqual({
      body: {
        Catalog: 'AWS',
        Customer: { Account: { CompanyName: 'Example Corp' }, Contacts: [{ Email: 'a@b.example' }] },
        FutureMember: { Depth: [1, null] },
        Identifier: 'O1',
        LastModifiedDate: '2026-03-09T01:50:25.685385312Z',
        LifeCycle: { ReviewStatus: 'Approved', Stage: 'Qualified' },
        Marketing: {},
      },
    });
  });

  it('keeps numbers that JavaScript cannot hold', () => {
    const read = parseJson(
      '{"Id":"O1","LifeCycle":{"Stage":"Prospect","ReviewStatus":"Approved"},"Future":12345678901234567890.10}',
    );
    const request = updateRequestOf(isJsonObject(read) ? read : {}, {});
    expect('body' in request && stringifyJson(request.body)).toContain('"Future":12345678901234567890.10');
  });

  it('leaves out further read-only members that a setting names', () => {
    const request = updateRequestOf(base, {}, ['FutureMember']);
    expect('body' in request && request.body).not.toHaveProperty('FutureMember');
  });

  it.for([
    ['ReviewStatus', '/LifeCycle/ReviewStatus'],
    ['Stage', '/LifeCycle/Stage'],
  ])('makes no request without %s, which would be lost', ([name, path]) => {
    const lacking = applyMergePatch(base, { LifeCycle: { [name ?? '']: null } });
    expect(updateRequestOf(lacking, {})).toEqual({ missing: path });
    expect(updateRequestOf(base, { LifeCycle: { [name ?? '']: null } })).toEqual({ missing: path });
  });
});
