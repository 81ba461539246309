import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { commandActions } from '../../../lambdas/core/command.ts';
import { parseCommandRequest } from '../../../lambdas/core/command-request.ts';
import type { Json, JsonObject } from '../../../lambdas/core/json.ts';
import { anyJsonObject } from '../../builders/arbitrary-json.ts';

const now = '2026-03-01T10:00:00.000Z';
const update: JsonObject = {
  action: 'opportunity.update',
  catalog: 'AWS',
  target: 'O5465588',
  patch: { LifeCycle: { Stage: 'Qualified' } },
};
const assignee = { Email: 'a@b.example', FirstName: 'A', LastName: 'B', BusinessTitle: 'C' };
const accept: JsonObject = { action: 'invitation.accept', catalog: 'AWS', target: 'engi-abcdefgh12345' };

function problems(given: Json | undefined): readonly string[] {
  const parsed = parseCommandRequest(given, now);
  return 'problems' in parsed ? parsed.problems.map(({ path, message }) => `${path}: ${message}`) : [];
}

describe('parseCommandRequest', () => {
  it('returns the request with the defaults of what is left out', () => {
    expect(parseCommandRequest(update, now)).toEqual({
      request: {
        catalog: 'AWS',
        target: { id: 'O5465588' },
        onConflict: 'fail',
        onLocked: 'wait',
        expiresAt: '2026-03-31T10:00:00.000Z',
        irreversible: false,
        check: false,
        content: { action: 'opportunity.update', patch: { LifeCycle: { Stage: 'Qualified' } } },
      },
    });
  });

  it('returns every option', () => {
    const options = {
      target: { partnerId: 'deal-4711' },
      basedOn: 12,
      onConflict: 'overwrite',
      onLocked: 'fail',
      after: 'deal-4711:associate',
      expiresAt: '2026-12-31T00:00:00Z',
      note: 'moved in the CRM',
      irreversible: true,
      check: true,
    };
    expect(parseCommandRequest({ ...update, ...options }, now)).toMatchObject({
      request: { ...options, expiresAt: '2026-12-31T00:00:00.000Z' },
    });
  });

  it.for<[JsonObject, content: JsonObject]>([
    [accept, { action: 'invitation.accept' }],
    [
      { ...accept, action: 'invitation.reject', reason: 'Next steps unclear' },
      { action: 'invitation.reject', reason: 'Next steps unclear' },
    ],
    [
      { action: 'opportunity.assign', catalog: 'Sandbox', target: 'O1', assignee },
      { action: 'opportunity.assign', assignee },
    ],
    [
      {
        action: 'opportunity.associate',
        catalog: 'AWS',
        target: 'O1',
        entity: { type: 'Solutions', id: 'S-1' },
      },
      { action: 'opportunity.associate', entity: { type: 'Solutions', id: 'S-1' } },
    ],
    [
      {
        action: 'opportunity.disassociate',
        catalog: 'AWS',
        target: 'O1',
        entity: { type: 'AwsProducts', id: 'S3' },
      },
      { action: 'opportunity.disassociate', entity: { type: 'AwsProducts', id: 'S3' } },
    ],
  ])('takes what an action needs: %j', ([given, content]) => {
    expect(parseCommandRequest(given, now)).toMatchObject({ request: { content } });
  });

  it.for<[given: Json | undefined, problem: string]>([
    [undefined, ': nothing; allowed: an object'],
    ['update', ': "update"; allowed: an object'],
    [[], ': an empty list; allowed: an object'],
    [{ ...update, note: 'x'.repeat(70_000) }, ': 70121 bytes; allowed: up to 65536 bytes'],
    [
      { ...update, action: 'opportunity.delete' },
      `/action: "opportunity.delete"; allowed: one of ${commandActions.join(', ')}`,
    ],
    [{ ...update, catalog: 'aws' }, '/catalog: "aws"; allowed: one of AWS, Sandbox'],
    [
      { ...update, target: 'engi-abcdefgh12345' },
      '/target: "engi-abcdefgh12345"; allowed: O and 1 to 19 digits, { "partnerId": text } or { "command": key }',
    ],
    [
      { ...accept, target: { partnerId: 'deal-1' } },
      '/target: an object; allowed: engi- and 13 letters or digits',
    ],
    [
      { action: 'opportunity.assign', catalog: 'AWS', target: 'O1', assignee: { email: 'a@b.example' } },
      '/assignee: an object; allowed: an object with Email, FirstName, LastName and BusinessTitle, each a text',
    ],
    [{ ...update, patch: 'Qualified' }, '/patch: "Qualified"; allowed: an object'],
    [{ ...update, patch: {} }, '/patch: nothing to change; allowed: an object with at least one value'],
    [
      { ...update, patch: { LifeCycle: {} } },
      '/patch: nothing to change; allowed: an object with at least one value',
    ],
    [
      { ...update, patch: { LifeCycle: { ReviewStatus: 'Approved' } } },
      '/patch/LifeCycle/ReviewStatus: /LifeCycle/ReviewStatus cannot be set by this action; allowed: a request without it',
    ],
    [
      { ...update, patch: { LifeCycle: null } },
      '/patch/LifeCycle: /LifeCycle/NextStepsHistory cannot be set by this action; allowed: a request without it',
    ],
    [
      { ...update, patch: { OpportunityTeam: [] } },
      '/patch/OpportunityTeam: /OpportunityTeam cannot be set by this action; allowed: a request without it',
    ],
    [
      { ...update, patch: { RelatedEntityIdentifiers: { Solutions: [] } } },
      '/patch/RelatedEntityIdentifiers/Solutions: /RelatedEntityIdentifiers cannot be set by this action; allowed: a request without it',
    ],
    [
      { ...update, patch: { LifeCycle: { Stage: null } } },
      '/patch/LifeCycle/Stage: null; allowed: a stage, because AWS requires one',
    ],
    [{ ...update, basedOn: 0 }, '/basedOn: 0; allowed: a whole number from 1 to 9999999999'],
    [{ ...update, onConflict: 'merge' }, '/onConflict: "merge"; allowed: one of fail, overwrite'],
    [{ ...update, after: 'a b' }, '/after: "a b"; allowed: 1 to 255 visible ASCII characters'],
    [
      { ...update, expiresAt: '2026-03-01T10:00:00Z' },
      '/expiresAt: 2026-03-01T10:00:00.000Z; allowed: within a year from now',
    ],
    [
      { ...update, expiresAt: 'tomorrow' },
      '/expiresAt: "tomorrow"; allowed: a date-time such as 2026-06-30T10:00:00Z',
    ],
    [{ ...update, check: 'yes' }, '/check: "yes"; allowed: true or false'],
    [
      { ...update, reason: 'Other' },
      '/reason: not a member of this request; allowed: action, catalog, basedOn, onConflict, onLocked, after, expiresAt, note, irreversible, check, target, patch',
    ],
    [
      { ...accept, action: 'invitation.reject', reason: 'x'.repeat(81) },
      `/reason: "${'x'.repeat(61)}…"; allowed: 1 to 80 characters, without control characters`,
    ],
    [
      { ...accept, action: 'opportunity.associate', target: 'O1' },
      '/entity: nothing; allowed: an object with type and id',
    ],
    [
      {
        action: 'opportunity.associate',
        catalog: 'AWS',
        target: 'O1',
        entity: { type: 'Offers', id: 'S-1' },
      },
      '/entity/type: "Offers"; allowed: one of Solutions, AwsProducts, AwsMarketplaceOffers, AwsMarketplaceOfferSets, AwsMarketplaceSolutions, AwsMarketplaceProducts',
    ],
  ])('refuses a request, naming the member, its value and what is allowed: %#', ([given, problem]) => {
    expect(problems(given)).toEqual([problem]);
  });

  it('names everything that is missing at once', () => {
    expect(problems({ action: 'opportunity.update' })).toEqual([
      '/catalog: nothing; allowed: one of AWS, Sandbox',
      '/target: nothing; allowed: the id of the record',
      '/patch: nothing; allowed: an object',
    ]);
  });

  it('refuses a request that nests too deep', () => {
    let patch: JsonObject = { a: 1 };
    for (let level = 0; level < 30; level += 1) patch = { a: patch };
    expect(problems({ ...update, patch })).toEqual([': allowed: up to 24 levels of objects and lists']);
  });

  it('never throws, whatever the request is', () => {
    fc.assert(
      fc.property(anyJsonObject, anyJsonObject, (given, patch) => {
        parseCommandRequest(given, now);
        parseCommandRequest({ ...update, patch }, now);
      }),
    );
  });
});
