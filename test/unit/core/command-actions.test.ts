import { describe, expect, it } from 'vitest';
import type { CommandContent } from '../../../lambdas/core/command.ts';
import { baseValues, timestampOf, valueAt, wantedValues } from '../../../lambdas/core/command-actions.ts';
import { requestOf, withToken } from '../../../lambdas/core/command-call.ts';
import { pathsOf, reportedPath } from '../../../lambdas/core/command-target.ts';
import { type JsonObject, textAt } from '../../../lambdas/core/json.ts';
import type { LineKey } from '../../../lambdas/core/line.ts';
import { opportunityPayload } from '../../builders/payloads.ts';

const key: LineKey = { catalog: 'Sandbox', kind: 'opportunity', id: 'O1234567' };
const entity = { type: 'Solutions', id: 'S-1/a~b' } as const;
const associate: CommandContent = { action: 'opportunity.associate', entity };
const disassociate: CommandContent = { action: 'opportunity.disassociate', entity };
const assign: CommandContent = {
  action: 'opportunity.assign',
  assignee: { Email: 'ada@partner.example.com', FirstName: 'Ada', LastName: 'L', BusinessTitle: 'Seller' },
};
const reject: CommandContent = { action: 'invitation.reject', reason: 'No capacity' };

function withSolutions(...ids: readonly string[]): JsonObject {
  return { ...opportunityPayload(), RelatedEntityIdentifiers: { Solutions: ids } };
}

function holds(content: CommandContent, payload: JsonObject): boolean {
  return wantedValues(content).every(({ path, value }) => valueAt(content.action, payload, path) === value);
}

describe('What a command wants', () => {
  it('is that an entity is among those of its type, or is not', () => {
    const [without, with_] = [withSolutions('S-2'), withSolutions('S-2', entity.id)];
    expect([holds(associate, without), holds(associate, with_)]).toEqual([false, true]);
    expect([holds(disassociate, without), holds(disassociate, with_)]).toEqual([true, false]);
  });

  it('is an owner in the team whose title AWS has replaced', () => {
    const owner = { ...assign.assignee, BusinessTitle: 'Opportunity Owner' };
    const payload = { OpportunityTeam: [{ Email: 'pdm@aws.example.com', BusinessTitle: 'PSM' }, owner] };
    expect(holds(assign, payload)).toBe(true);
    expect(holds(assign, opportunityPayload())).toBe(false);
  });

  it('is based on the values that the client saw, or on the opposite of a membership', () => {
    const update: CommandContent = {
      action: 'opportunity.update',
      patch: { LifeCycle: { Stage: 'Qualified', NextSteps: null } },
    };
    const seen = { LifeCycle: { Stage: 'Prospect', NextSteps: 'Call' } };
    expect(baseValues(update, seen)).toEqual([
      { path: '/LifeCycle/Stage', value: 'Prospect' },
      { path: '/LifeCycle/NextSteps', value: 'Call' },
    ]);
    expect(baseValues(associate, withSolutions(entity.id))).toMatchObject([{ value: undefined }]);
    expect(baseValues(disassociate, withSolutions())).toMatchObject([{ value: true }]);
    expect(baseValues(reject, { Status: 'ACCEPTED' })).toEqual([{ path: '/Status', value: 'PENDING' }]);
  });

  it('is reported as pointers into the record, without values', () => {
    const update: CommandContent = { action: 'opportunity.update', patch: { Project: { Title: 'Hive' } } };
    for (const content of [associate, disassociate, assign, reject, update]) {
      const reported = wantedValues(content).map(({ path }) => reportedPath(path, content));
      expect([...new Set(reported)]).toEqual(pathsOf(content));
    }
  });
});

describe('A timestamp of an action', () => {
  it('is the text of AWS for an update, and the status of an invitation', () => {
    const LastModifiedDate = '2026-03-09T01:50:25.685385311Z';
    expect(timestampOf('opportunity.update', { LastModifiedDate })).toBe(LastModifiedDate);
    expect(timestampOf('opportunity.associate', { LastModifiedDate })).toBeUndefined();
    expect(timestampOf('invitation.reject', { Status: 'PENDING' })).toBe('PENDING');
  });
});

describe('The request of a command', () => {
  it('names the record and what is wanted, as each operation does', () => {
    expect(requestOf(associate, key, {})).toEqual({
      body: {
        Catalog: 'Sandbox',
        OpportunityIdentifier: 'O1234567',
        RelatedEntityType: 'Solutions',
        RelatedEntityIdentifier: 'S-1/a~b',
      },
    });
    expect(requestOf(assign, key, {})).toEqual({
      body: { Catalog: 'Sandbox', Identifier: 'O1234567', Assignee: assign.assignee },
    });
    expect(requestOf(reject, { ...key, id: 'engi-0123456789abc' }, {})).toEqual({
      body: { Catalog: 'Sandbox', Identifier: 'engi-0123456789abc', RejectionReason: 'No capacity' },
    });
  });

  it('updates with the whole read, the patch in it, and the timestamp as AWS printed it', () => {
    const LastModifiedDate = '2026-03-09T01:50:25.685385311Z';
    const payload = { ...opportunityPayload(), LastModifiedDate, FutureMember: { Depth: 1 } };
    const update = requestOf(
      { action: 'opportunity.update', patch: { LifeCycle: { NextSteps: 'Call' } } },
      key,
      payload,
    );
    expect(update).toMatchObject({
      body: {
        Catalog: 'Sandbox',
        LastModifiedDate,
        FutureMember: { Depth: 1 },
        LifeCycle: { NextSteps: 'Call' },
      },
    });
  });

  it('has a token for each command, acceptance and generation', () => {
    const command = { client: 'arn', key: 'deal', acceptedAt: '2026-03-01T10:00:00.000Z' } as const;
    const body = { Catalog: 'Sandbox', Identifier: 'engi-0123456789abc' };
    const tokens = [
      withToken(body, command, 1),
      withToken(body, command, 2),
      withToken(body, { ...command, acceptedAt: '2026-03-01T10:00:00.001Z' }, 1),
      withToken(body, { ...command, key: 'deal-2' }, 1),
      withToken(body, { ...command, client: 'arn-2' }, 1),
    ].map((each) => textAt(each, 'ClientToken') ?? '');
    expect(new Set(tokens).size).toBe(5);
    expect(tokens.every((token) => /^[!-~]{1,64}$/.test(token))).toBe(true);
    expect(withToken(body, command, 1)).toEqual(withToken(body, command, 1));
  });
});
