import {
  GetOpportunityCommand,
  GetSellingSystemSettingsCommand,
} from '@aws-sdk/client-partnercentral-selling';
import { describe, expect, test } from 'vitest';
import { invitation, opportunity, running, summary } from './simulator-under-test.ts';

describe('the simulated service over the SDK client', () => {
  test('GetOpportunity answers the opportunity, its dates parsed', async () => {
    const { partner, client } = await running();
    const id = partner.createOpportunity('AWS');
    const found = await client.send(opportunity(id));
    expect(found).toMatchObject({ Id: id, Catalog: 'AWS', LifeCycle: { Stage: 'Prospect' } });
    expect(found.LastModifiedDate).toEqual(new Date('2026-03-01T10:00:00.250Z'));
    expect(found.CreatedDate).toEqual(new Date('2026-03-01T10:00:00Z'));
  });

  test('GetAwsOpportunitySummary finds nothing until the opportunity is submitted', async () => {
    const { partner, client } = await running();
    const id = partner.createOpportunity('AWS');
    await expect(client.send(summary(id))).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
    partner.submitOpportunity(id);
    expect(await client.send(summary(id))).toMatchObject({
      RelatedOpportunityId: id,
      Origin: 'Partner Referral',
    });
    expect((await client.send(opportunity(id))).LifeCycle?.ReviewStatus).toBe('Submitted');
  });

  test.each(['OpportunityInvitation', 'LeadInvitation'] as const)(
    'GetEngagementInvitation answers a %s, by id and by ARN',
    async (payloadType) => {
      const { partner, client } = await running();
      const id = partner.createInvitation('AWS', payloadType);
      const byId = await client.send(invitation(id));
      expect(byId).toMatchObject({ Id: id, PayloadType: payloadType, Status: 'PENDING' });
      expect(Object.keys(byId.Payload ?? {})).toEqual([payloadType]);
      expect(await client.send(invitation(byId.Arn ?? ''))).toMatchObject({ Id: id });
    },
  );

  test('a rejected invitation is inaccessible, with HTTP 400 as seen in the wild; an expired one is not', async () => {
    const { partner, client } = await running();
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

  test('another catalog, or an id that never was, is not found', async () => {
    const { partner, client } = await running();
    const id = partner.createOpportunity('Sandbox');
    for (const command of [opportunity(id, 'AWS'), opportunity('O1', 'Sandbox')]) {
      await expect(client.send(command)).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
    }
    expect(await client.send(opportunity(id, 'Sandbox'))).toMatchObject({ Id: id });
  });

  test('a request without its required members is refused, each member named', async () => {
    const { client } = await running();
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

  test('an operation that the simulator lacks is named', async () => {
    const { client } = await running();
    const missing = client.send(new GetSellingSystemSettingsCommand({ Catalog: 'AWS' }));
    await expect(missing).rejects.toMatchObject({
      name: 'UnknownOperationException',
      message: expect.stringContaining('not GetSellingSystemSettings'),
    });
  });
});
