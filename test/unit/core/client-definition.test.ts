import { describe, expect, it } from 'vitest';
import type { Client } from '../../../lambdas/core/client.ts';
import { clientDefinition, parseClient } from '../../../lambdas/core/client-definition.ts';
import type { Json, JsonObject } from '../../../lambdas/core/json.ts';
import { signingClient } from '../../builders/clients.ts';

const least = { id: 'crm', actions: ['opportunity.update'], catalogs: ['Sandbox'] };

function problemsOf(given: Json): readonly string[] {
  const parsed = parseClient(given);
  return 'problems' in parsed ? parsed.problems : [];
}

describe('a client', () => {
  it('needs an id, actions and catalogs: all other fields have a default', () => {
    expect(parseClient(least)).toEqual({
      client: {
        id: 'crm',
        disabled: false,
        actions: ['opportunity.update'],
        catalogs: ['Sandbox'],
        writable: [''],
        never: [],
        requestsPerMinute: 60,
        approval: 'never',
      },
    });
  });

  it.each<[string, Client]>([
    ['with every default', signingClient()],
    [
      'with everything',
      signingClient({
        id: 'erp-2',
        description: 'The ERP of Example Corp',
        writable: ['/LifeCycle', '/Project/*'],
        never: ['/Customer/Contacts/*/Email', '/a~1b/~0'],
        requestsPerMinute: 600,
        approval: ['opportunity.assign'],
      }),
    ],
    ['that may change nothing', signingClient({ writable: [], approval: 'always' })],
  ])('%s is parsed from its own definition', (_, one) => {
    expect(parseClient(clientDefinition(one))).toEqual({ client: one });
  });
});

describe('a problem of a client', () => {
  const anAction = 'one of engagement.update_context';
  const anApproval = `one of never, always, alone; or a list of at least one action, each ${anAction}`;
  it.each<[string, JsonObject, string]>([
    ['id', { id: 'CRM' }, 'id: "CRM"; allowed: 1 to 40 of a-z, 0-9 and -, beginning with a letter'],
    ['id', { id: '1crm' }, 'id: "1crm"; allowed: 1 to 40'],
    ['id', { id: 'a'.repeat(41) }, '; allowed: 1 to 40'],
    ['description', { description: 'a\nb' }, 'description: "a\\nb"; allowed: up to 256 characters'],
    ['actions', { actions: [] }, `actions: an empty list; allowed: a list of at least one, each ${anAction}`],
    [
      'actions',
      { actions: 'opportunity.update' },
      'actions: "opportunity.update"; allowed: a list of at least one, each',
    ],
    [
      'actions[1]',
      { actions: ['opportunity.update', 'opportunity.delete'] },
      `actions[1]: "opportunity.delete"; allowed: ${anAction}`,
    ],
    ['catalogs[0]', { catalogs: ['Moon'] }, 'catalogs[0]: "Moon"; allowed: one of AWS, Sandbox'],
    [
      'catalogs',
      { catalogs: [] },
      'catalogs: an empty list; allowed: a list of at least one, each one of AWS, Sandbox',
    ],
    ['writable[0]', { writable: ['LifeCycle'] }, 'writable[0]: "LifeCycle"; allowed: a JSON Pointer'],
    ['never[0]', { never: [''] }, 'never[0]: ""; allowed: a JSON Pointer into the record'],
    ['never[0]', { never: ['/a~2'] }, 'never[0]: "/a~2"; allowed: a JSON Pointer into the record'],
    [
      'never',
      { never: Array(65).fill('/a') },
      'never: a list; allowed: a list of up to 64, each a JSON Pointer',
    ],
    [
      'requestsPerMinute',
      { requestsPerMinute: 0.5 },
      'requestsPerMinute: 0.5; allowed: a whole number from 1 to 600',
    ],
    ['approval', { approval: 'sometimes' }, `approval: "sometimes"; allowed: ${anApproval}`],
    [
      'approval[0]',
      { approval: ['opportunity.delete'] },
      `approval[0]: "opportunity.delete"; allowed: ${anApproval}`,
    ],
    ['approval', { approval: [] }, `approval: an empty list; allowed: ${anApproval}`],
    [
      'approval[0]',
      { approval: ['never', 'opportunity.update'] },
      `approval[0]: "never"; allowed: ${anApproval}`,
    ],
    ['disabled', { disabled: true }, 'disabled: not a field of a client; allowed: id, description, actions'],
  ])('names %s, its value and what is allowed', (_, member, problem) => {
    expect(problemsOf({ ...least, ...member })).toEqual([expect.stringContaining(problem)]);
  });

  it('names every member that is missing', () => {
    expect(problemsOf({})).toEqual([
      'id: nothing; allowed: 1 to 40 of a-z, 0-9 and -, beginning with a letter',
      expect.stringContaining('actions: nothing; allowed: a list of at least one, each one of'),
      'catalogs: nothing; allowed: a list of at least one, each one of AWS, Sandbox',
    ]);
  });

  it('says that only an object defines a client', () => {
    expect(problemsOf('crm')).toEqual(['a client: "crm"; allowed: an object']);
  });
});
