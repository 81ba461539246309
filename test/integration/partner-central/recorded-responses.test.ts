import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  ListEngagementByAcceptingInvitationTasksCommand,
  ListEngagementMembersCommand,
  ListSolutionsCommand,
} from '@aws-sdk/client-partnercentral-selling';
import { describe, expect, test } from 'vitest';
import { startRecordedResponses } from '../../../local/partner-central/recorded-responses.ts';
import { cleanUps, clientOf, invitation, opportunity, rawCall } from './simulator-under-test.ts';

function recordings(files: Record<string, string>): string {
  const folder = mkdtempSync(join(tmpdir(), 'recorded-'));
  cleanUps.push(() => rmSync(folder, { recursive: true }));
  mkdirSync(join(folder, 'responses'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, 'responses', name), text);
  return folder;
}

describe('recorded responses', () => {
  const lead = '{\n  "Id": "engi-aaaaaaaaaaaaa",\n  "PayloadType": "LeadInvitation", "Odd": 1.50 }\n';
  const referral = '{"Id":"engi-bbbbbbbbbbbbb","PayloadType":"OpportunityInvitation","Unicode":"é 漢"}';

  async function replaying() {
    const folder = recordings({
      'GetEngagementInvitation-LeadInvitation.json': JSON.stringify({ code: 200, body: lead }),
      'GetEngagementInvitation-OpportunityInvitation.json': JSON.stringify({ code: 200, body: referral }),
    });
    const server = await startRecordedResponses({ folder });
    cleanUps.push(server.stop);
    return { folder, server };
  }

  test('are answered byte for byte, to any id, in the variant that was hinted', async () => {
    const { server } = await replaying();
    server.hint('engi-1111111111111', 'OpportunityInvitation');
    const answerTo = async (id: string) =>
      (await rawCall(server.url, 'GetEngagementInvitation', `{"Catalog":"AWS","Identifier":"${id}"}`)).text;
    expect(await answerTo('engi-1111111111111')).toBe(referral);
    expect(await answerTo('engi-2222222222222')).toBe(lead);
    server.hint('engi-2222222222222', 'FutureInvitation');
    expect(await answerTo('engi-2222222222222')).toBe(lead);
    expect(await clientOf(server.url).send(invitation('engi-1111111111111'))).toMatchObject({
      Id: 'engi-bbbbbbbbbbbbb',
    });
    expect(server.reads('GetEngagementInvitation')).toBe(4);
  });

  test('an operation without a recording names the file that is missing', async () => {
    const { folder, server } = await replaying();
    await expect(clientOf(server.url).send(opportunity('O1'))).rejects.toMatchObject({
      name: 'ValidationException',
      message: expect.stringContaining(join(folder, 'responses', 'GetOpportunity.json')),
    });
  });

  test('a list without a recording is empty, and so is the page after a recorded one', async () => {
    const recorded = '{"NextToken":"more","SolutionSummaries":[{"Id":"S-1"}]}';
    const folder = recordings({ 'ListSolutions.json': JSON.stringify({ code: 200, body: recorded }) });
    const server = await startRecordedResponses({ folder });
    cleanUps.push(server.stop);
    const client = clientOf(server.url);
    const first = await client.send(new ListSolutionsCommand({ Catalog: 'AWS' }));
    expect(first).toMatchObject({ NextToken: 'more', SolutionSummaries: [{ Id: 'S-1' }] });
    const second = await client.send(new ListSolutionsCommand({ Catalog: 'AWS', NextToken: 'more' }));
    expect(second.SolutionSummaries).toEqual([]);
    expect(second.NextToken).toBeUndefined();
    const Identifier = 'eng-00000000000000';
    const members = await client.send(new ListEngagementMembersCommand({ Catalog: 'AWS', Identifier }));
    expect(members.EngagementMemberList).toEqual([]);
    const EngagementInvitationIdentifier = ['engi-0000000000000'];
    const tasks = await client.send(
      new ListEngagementByAcceptingInvitationTasksCommand({ Catalog: 'AWS', EngagementInvitationIdentifier }),
    );
    expect(tasks.TaskSummaries).toEqual([]);
    expect(server.bodyOf('ListEngagementMembers', Identifier)).toBe(
      '{"NextToken":null,"EngagementMemberList":[]}',
    );
  });

  test.each([
    ['no recording', {}, /There is no recorded response/],
    [
      'a recording without a body',
      { 'GetOpportunity.json': '{"code":200}' },
      /GetOpportunity\.json has no "body"/,
    ],
    ['a recording that is not JSON', { 'GetOpportunity.json': '{' }, /GetOpportunity\.json is not JSON/],
  ])('do not start on %s', async (_what, files, message) => {
    await expect(startRecordedResponses({ folder: recordings(files) })).rejects.toThrow(message);
  });

  test('do not start without their folder', async () => {
    const folder = join(tmpdir(), 'no-such-folder');
    await expect(startRecordedResponses({ folder })).rejects.toThrow(join(folder, 'responses'));
  });
});
