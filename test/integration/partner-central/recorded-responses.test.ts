import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  ListEngagementByAcceptingInvitationTasksCommand,
  ListEngagementMembersCommand,
  ListSolutionsCommand,
} from '@aws-sdk/client-partnercentral-selling';
import { describe, expect } from 'vitest';
import {
  type RecordedResponses,
  startRecordedResponses,
} from '../../../local/partner-central/recorded-responses.ts';
import { it as base, invitation, opportunity, rawCall } from './simulator-under-test.ts';

const lead = '{\n  "Id": "engi-aaaaaaaaaaaaa",\n  "PayloadType": "LeadInvitation", "Odd": 1.50 }\n';
const referral = '{"Id":"engi-bbbbbbbbbbbbb","PayloadType":"OpportunityInvitation","Unicode":"é 漢"}';

interface Fixtures {
  /** Writes a folder of recordings, by file name. */
  readonly writeRecordings: (files: Readonly<Record<string, string>>) => string;
  /** A folder with recordings of two invitations. */
  readonly folder: string;
  readonly server: RecordedResponses;
}

const it = base.extend<Fixtures>({
  writeRecordings: async ({ cleanUp }, use) => {
    await use((files) => {
      const folder = mkdtempSync(join(tmpdir(), 'recorded-'));
      cleanUp(() => rmSync(folder, { recursive: true }));
      mkdirSync(join(folder, 'responses'));
      for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, 'responses', name), text);
      return folder;
    });
  },
  folder: async ({ writeRecordings }, use) => {
    const folder = writeRecordings({
      'GetEngagementInvitation-LeadInvitation.json': JSON.stringify({ code: 200, body: lead }),
      'GetEngagementInvitation-OpportunityInvitation.json': JSON.stringify({ code: 200, body: referral }),
    });
    await use(folder);
  },
  server: async ({ cleanUp, folder }, use) => {
    const server = await startRecordedResponses({ folder });
    cleanUp(server.stop);
    await use(server);
  },
});

describe('recorded responses', () => {
  it('returns a recording byte for byte for any id, in the hinted variant', async ({ server, connect }) => {
    server.hint('engi-1111111111111', 'OpportunityInvitation');
    const respondTo = async (id: string) =>
      (await rawCall(server.url, 'GetEngagementInvitation', `{"Catalog":"AWS","Identifier":"${id}"}`)).text;
    expect(await respondTo('engi-1111111111111')).toBe(referral);
    expect(await respondTo('engi-2222222222222')).toBe(lead);
    server.hint('engi-2222222222222', 'FutureInvitation');
    expect(await respondTo('engi-2222222222222')).toBe(lead);
    expect(await connect(server.url).send(invitation('engi-1111111111111'))).toMatchObject({
      Id: 'engi-bbbbbbbbbbbbb',
    });
    expect(server.reads('GetEngagementInvitation')).toBe(4);
  });

  it('refuses an operation without a recording and names the missing file', async ({
    folder,
    server,
    connect,
  }) => {
    await expect(connect(server.url).send(opportunity('O1'))).rejects.toMatchObject({
      name: 'ValidationException',
      message: expect.stringContaining(join(folder, 'responses', 'GetOpportunity.json')),
    });
  });

  it('returns an empty page for a list without a recording and after a recorded page', async ({
    cleanUp,
    connect,
    writeRecordings,
  }) => {
    const recorded = '{"NextToken":"more","SolutionSummaries":[{"Id":"S-1"}]}';
    const folder = writeRecordings({ 'ListSolutions.json': JSON.stringify({ code: 200, body: recorded }) });
    const server = await startRecordedResponses({ folder });
    cleanUp(server.stop);
    const client = connect(server.url);
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

  it.for<[string, Readonly<Record<string, string>>, RegExp]>([
    ['no recording', {}, /There is no recorded response/],
    [
      'a recording without a body',
      { 'GetOpportunity.json': '{"code":200}' },
      /GetOpportunity\.json has no "body"/,
    ],
    ['a recording that is not JSON', { 'GetOpportunity.json': '{' }, /GetOpportunity\.json is not JSON/],
  ])('refuses to start with %s', async ([_what, files, message], { writeRecordings }) => {
    await expect(startRecordedResponses({ folder: writeRecordings(files) })).rejects.toThrow(message);
  });

  it('refuses to start without the folder', async () => {
    const folder = join(tmpdir(), 'no-such-folder');
    await expect(startRecordedResponses({ folder })).rejects.toThrow(join(folder, 'responses'));
  });
});
