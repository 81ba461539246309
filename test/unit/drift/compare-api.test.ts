import { describe, expect, it } from 'vitest';
import { compareApi, hasNews, type OurLists } from '../../drift/compare-api.ts';
import { renderReport } from '../../drift/report.ts';
import { parseServiceModel, readApi } from '../../drift/service-model.ts';

const operation = (output: string, documentation = '') => ({ output: { shape: output }, documentation });
const member = (shape: string) => ({ shape });
const structure = (members: object) => ({ type: 'structure', members });
const text = { type: 'string' };
const secret = { type: 'string', sensitive: true };

/** A model with the parts of the API that the tests change. */
function modelWith(changes: { readonly operations?: object; readonly shapes?: object } = {}) {
  const operations = {
    GetOpportunity: operation('Opportunity'),
    ListEngagementMembers: operation('Members'),
    ...changes.operations,
  };
  const shapes = {
    Text: text,
    Secret: secret,
    Stage: { type: 'string', enum: ['Prospect', 'Launched'] },
    Opportunity: structure({ Id: member('Text'), Title: member('Secret'), Contacts: member('Contacts') }),
    Contacts: { type: 'list', member: member('Contact'), sensitive: true },
    Contact: structure({ Name: member('Text'), Manager: member('Contact') }),
    Members: structure({ NextToken: member('Text'), EngagementMemberList: member('MemberList') }),
    MemberList: { type: 'list', member: member('Member') },
    Member: structure({ AccountId: member('Secret') }),
    ...changes.shapes,
  };
  return parseServiceModel(JSON.stringify({ operations, shapes }));
}

const known = readApi(modelWith());
const ours: OurLists = {
  calls: new Set(['GetOpportunity']),
  personalData: {
    opportunity: ['/Title', '/Contacts'],
    'aws-opportunity-summary': [],
    'engagement-invitation': [],
    engagement: ['/EngagementMemberList/*/AccountId'],
  },
  topics: {
    opportunity: ['/Contacts'],
    'aws-opportunity-summary': [],
    'engagement-invitation': [],
    engagement: ['/EngagementMemberList'],
  },
};
const nothing = { newOperations: [], newValues: [], newMembers: [], uncovered: [], gone: [] };
const newsOf = (changes: Parameters<typeof modelWith>[0]) =>
  compareApi(readApi(modelWith(changes)), known, ours);

describe('readApi', () => {
  it('reads the members of a kind with those inside lists, and a shape inside itself once', () => {
    expect(known.members.opportunity).toEqual(['/Contacts/*/Manager', '/Contacts/*/Name', '/Id', '/Title']);
  });

  it('reads members inside a sensitive member as sensitive', () => {
    expect(known.sensitive.opportunity).toEqual(['/Contacts/*/Manager', '/Contacts/*/Name', '/Title']);
  });

  it('reads the members of an engagement from their own list, without the page token', () => {
    expect(known.members.engagement).toEqual(['/EngagementMemberList/*/AccountId']);
  });

  it('refuses a text that is not a service model', () => {
    expect(() => parseServiceModel('{"operations": []}')).toThrow('"shapes"');
  });
});

describe('compareApi', () => {
  it('finds nothing if the API is the recorded one', () => {
    expect(newsOf({})).toEqual(nothing);
    expect(hasNews(newsOf({}))).toBe(false);
  });

  it('finds a new operation', () => {
    const news = newsOf({ operations: { SearchLeads: operation('Opportunity') } });
    expect(news).toEqual({ ...nothing, newOperations: ['SearchLeads'] });
    expect(hasNews(news)).toBe(true);
  });

  it('finds a new value of an enum that the code names', () => {
    const Stage = { type: 'string', enum: ['Prospect', 'Paused', 'Launched'] };
    expect(newsOf({ shapes: { Stage } })).toEqual({ ...nothing, newValues: ['Stage: Paused'] });
  });

  it('finds a new sensitive member that a redaction keeps', () => {
    const Opportunity = structure({
      Id: member('Text'),
      Title: member('Secret'),
      Contacts: member('Contacts'),
      Note: member('Secret'),
    });
    const Contact = structure({
      Name: member('Text'),
      Manager: member('Contact'),
      Phone: member('Secret'),
    });
    expect(newsOf({ shapes: { Opportunity, Contact } })).toEqual({
      ...nothing,
      newMembers: ['opportunity /Contacts/*/Phone', 'opportunity /Note'],
      uncovered: ['opportunity /Note'],
    });
  });

  it('finds a recorded member that became sensitive', () => {
    expect(newsOf({ shapes: { Text: secret } }).uncovered).toEqual(['opportunity /Id']);
  });

  it('finds removed members, and which of our lists name them', () => {
    const Opportunity = structure({ Id: member('Text') });
    expect(newsOf({ shapes: { Opportunity } })).toEqual({
      ...nothing,
      gone: [
        'opportunity /Contacts/*/Manager',
        'opportunity /Contacts/*/Name',
        'opportunity /Title',
        'opportunity /Title, which personal-data.ts lists',
        'opportunity /Contacts, which personal-data.ts lists',
        'opportunity /Contacts, whose changes have a topic',
      ],
    });
  });

  it('finds a removed value, and a removed operation that the functions call', () => {
    const today = readApi(modelWith({ shapes: { Stage: { type: 'string', enum: ['Prospect'] } } }));
    const operations = today.operations.filter((name) => name !== 'GetOpportunity');
    expect(compareApi({ ...today, operations }, known, ours).gone).toEqual([
      'operation GetOpportunity, which the functions call',
      'value Stage: Launched',
    ]);
  });
});

describe('renderReport', () => {
  const about = { version: '1.45.0', recorded: '1.44.8', calls: ours.calls };

  it('says that nothing is new', () => {
    expect(renderReport(newsOf({}), { ...about, model: modelWith() })).toBe(
      'botocore 1.45.0: 2 operations, 1 called by the functions. Recorded: botocore 1.44.8.\nNothing is new.',
    );
  });

  it('prints one line for each new operation, with the first sentence of its documentation', () => {
    const operations = {
      SearchLeads: operation('Opportunity', '<p>Searches <i>leads</i>. It returns pages.</p>'),
      DeleteLead: operation('Opportunity'),
      GetLead: operation('Opportunity', `Gets ${'very '.repeat(40)}much.`),
    };
    const lines = renderReport(newsOf({ operations }), { ...about, model: modelWith({ operations }) }).split(
      '\n',
    );
    expect(lines.slice(2, 8)).toEqual([
      'New operations that read:',
      `  ${`GetLead: Gets ${'very '.repeat(40)}`.slice(0, 109)}…`,
      '  SearchLeads: Searches leads.',
      '',
      'New operations that write:',
      '  DeleteLead',
    ]);
    expect(lines.at(-1)).toContain('npm run drift -- --record');
  });
});
