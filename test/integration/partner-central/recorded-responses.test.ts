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

  it('does not find what no recording is of, and names the missing file', async ({
    folder,
    server,
    connect,
  }) => {
    await expect(connect(server.url).send(opportunity('O1'))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
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

  it('prefers a recording about the id, by its name or its content', async ({ cleanUp, writeRecordings }) => {
    const folder = writeRecordings({
      'GetOpportunity-O2.json': '{"Id":"O9"}',
      'GetOpportunity.json': '{"code":200,"body":"{\\"Id\\":\\"O1\\"}"}',
      'get-opportunity-other.jsonc': '// printed by the AWS CLI\n{"Id":"O3",}',
    });
    const server = await startRecordedResponses({ folder });
    cleanUp(server.stop);
    expect(server.bodyOf('GetOpportunity', 'O1')).toBe('{"Id":"O1"}');
    expect(server.bodyOf('GetOpportunity', 'O2')).toBe('{"Id":"O9"}');
    expect(server.bodyOf('GetOpportunity', 'O3')).toBe('{"Id":"O3"}');
    expect(server.bodyOf('GetOpportunity', 'O4')).toBe('{"Id":"O9"}');
  });

  it('answers with a recorded error, and leaves out an error after which clients try again', async ({
    cleanUp,
    connect,
    writeRecordings,
  }) => {
    const refused = { __type: 'com.amazonaws.partnercentralselling#AccessDeniedException', Message: 'no' };
    const folder = writeRecordings({
      'GetOpportunity.json': JSON.stringify({ code: 400, body: JSON.stringify(refused) }),
      'GetEngagement.json': '{"code":503,"body":"{}"}',
      'GetResourceSnapshot.json': '{}',
    });
    const server = await startRecordedResponses({ folder });
    cleanUp(server.stop);
    await expect(connect(server.url).send(opportunity('O1'))).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: 'no',
    });
    expect(server.answerOf('GetEngagement', 'eng-1')).toMatchObject({ name: 'ResourceNotFoundException' });
    expect(server.notes).toEqual([
      'responses/GetEngagement.json: a temporary failure is no answer that a run can end with; left out',
      'responses/GetResourceSnapshot.json: this stack never calls an operation of that name',
    ]);
  });

  it.for<[string, Readonly<Record<string, string>>, RegExp]>([
    [
      'a recording without a body',
      { 'GetOpportunity.json': '{"code":200}' },
      /GetOpportunity\.json has no "body"/,
    ],
    ['a recording that is not JSON', { 'GetOpportunity.json': '{' }, /GetOpportunity\.json is not JSON/],
    ['an empty recording', { 'GetOpportunity.json': '' }, /GetOpportunity\.json is not JSON: it is empty/],
    [
      'a recording whose body is not JSON',
      { 'GetOpportunity.json': '{"body":"<html>"}' },
      /GetOpportunity\.json "body" is not JSON/,
    ],
    [
      'a recording that is not an object',
      { 'GetOpportunity.json': '[]' },
      /GetOpportunity\.json is not a response: a JSON object is expected/,
    ],
    [
      'a recorded list without its items',
      { 'ListOpportunities.json': '{"Items":[]}' },
      /ListOpportunities\.json has no list OpportunitySummaries/,
    ],
  ])('refuses to start with %s', async ([_what, files, message], { writeRecordings }) => {
    await expect(startRecordedResponses({ folder: writeRecordings(files) })).rejects.toThrow(message);
  });

  it('starts without a recording and without the folder', async ({ cleanUp }) => {
    const server = await startRecordedResponses({ folder: join(tmpdir(), 'no-such-folder') });
    cleanUp(server.stop);
    expect(server.bodyOf('ListOpportunities', '')).toBe('{"NextToken":null,"OpportunitySummaries":[]}');
  });
});
