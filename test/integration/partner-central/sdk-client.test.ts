import {
  GetOpportunityCommand,
  GetSellingSystemSettingsCommand,
} from '@aws-sdk/client-partnercentral-selling';
import { describe, expect } from 'vitest';
import { invitation, it, opportunity, summary } from './simulator-under-test.ts';

describe('the simulated service over the SDK client', () => {
  it('returns an opportunity with dates that the SDK parses', async ({ partner, client }) => {
    const id = partner.createOpportunity('AWS');
    const found = await client.send(opportunity(id));
    expect(found).toMatchObject({ Id: id, Catalog: 'AWS', LifeCycle: { Stage: 'Prospect' } });
    expect(found.LastModifiedDate).toEqual(new Date('2026-03-01T10:00:00.250Z'));
    expect(found.CreatedDate).toEqual(new Date('2026-03-01T10:00:00Z'));
  });

  it('finds no AWS summary until the opportunity is submitted', async ({ partner, client }) => {
    const id = partner.createOpportunity('AWS');
    await expect(client.send(summary(id))).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
    partner.submitOpportunity(id);
    expect(await client.send(summary(id))).toMatchObject({
      RelatedOpportunityId: id,
      Origin: 'Partner Referral',
    });
    expect((await client.send(opportunity(id))).LifeCycle?.ReviewStatus).toBe('Submitted');
  });

  it.for(['OpportunityInvitation', 'LeadInvitation'] as const)(
    'returns a %s by id and by ARN',
    async (payloadType, { partner, client }) => {
      const id = partner.createInvitation('AWS', payloadType);
      const byId = await client.send(invitation(id));
      expect(byId).toMatchObject({ Id: id, PayloadType: payloadType, Status: 'PENDING' });
      expect(Object.keys(byId.Payload ?? {})).toEqual([payloadType]);
      expect(await client.send(invitation(byId.Arn ?? ''))).toMatchObject({ Id: id });
    },
  );

  it('denies a rejected invitation with HTTP 400, as recorded, but not an expired one', async ({
    partner,
    client,
  }) => {
    const rejected = partner.createInvitation('AWS', 'OpportunityInvitation');
    const expired = partner.createInvitation('AWS', 'OpportunityInvitation');
    partner.rejectInvitation(rejected);
    partner.expireInvitation(expired);
    await expect(client.send(invitation(rejected))).rejects.toMatchObject({
      name: 'AccessDeniedException',
      $metadata: { httpStatusCode: 400 },
    });
    expect(partner.truth().get(`AWS/engagement-invitation/${rejected}`)?.inaccessible).toBe(true);
    expect(await client.send(invitation(expired))).toMatchObject({ Status: 'EXPIRED' });
  });

  it('does not find a record of another catalog or an unknown id', async ({ partner, client }) => {
    const id = partner.createOpportunity('Sandbox');
    for (const command of [opportunity(id, 'AWS'), opportunity('O1', 'Sandbox')]) {
      await expect(client.send(command)).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
    }
    expect(await client.send(opportunity(id, 'Sandbox'))).toMatchObject({ Id: id });
  });

  it('refuses a request without its required members and names each of them', async ({ client }) => {
    const nothing = client.send(new GetOpportunityCommand({ Catalog: undefined, Identifier: '17' }));
    await expect(nothing).rejects.toMatchObject({
      name: 'ValidationException',
      Reason: 'REQUEST_VALIDATION_FAILED',
      ErrorList: [
        { FieldName: 'Catalog', Code: 'REQUIRED_FIELD_MISSING' },
        { FieldName: 'Identifier', Code: 'INVALID_STRING_FORMAT' },
      ],
    });
  });

  it('refuses an unsupported operation and names it', async ({ client }) => {
    const missing = client.send(new GetSellingSystemSettingsCommand({ Catalog: 'AWS' }));
    await expect(missing).rejects.toMatchObject({
      name: 'UnknownOperationException',
      message: expect.stringContaining('not GetSellingSystemSettings'),
    });
  });
});
