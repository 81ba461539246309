import { describe, expect, it } from 'vitest';
import { isEmpty, planJson, planOf, planText } from '../../../bin/pcr/endpoints/endpoint-plan.ts';
import { parseEndpointsFile } from '../../../bin/pcr/endpoints/endpoints-file.ts';
import { UsageError } from '../../../bin/pcr/errors.ts';
import { problemIn } from '../../../bin/pcr/field-problem.ts';
import { signingClient } from '../../builders/clients.ts';
import { endpoint, webhook } from '../../builders/endpoints.ts';

// cspell:ignore updat aproval topicks
const secretIdFor = (id: string) => `relay/${id}`;

const yaml = `# all there are
endpoints:
  - id: ep_crm
    url: https://crm.example.com/hooks
    topics: [opportunity.*]
    headers: { Authorization: Bearer s3cret }
  - id: ep_bus
    eventBus: arn:aws:events:us-east-1:123456789012:event-bus/co-sell
    topics: ['*']
`;

describe('endpoints.yaml', () => {
  it('declares endpoints in their flat form and secrets by id', () => {
    expect(parseEndpointsFile(yaml, secretIdFor).endpoints).toEqual([
      endpoint({
        id: 'ep_crm',
        topics: ['opportunity.*'],
        destination: webhook({
          url: 'https://crm.example.com/hooks',
          headers: { Authorization: 'Bearer s3cret' },
          secretId: 'relay/ep_crm',
        }),
      }),
      endpoint({
        id: 'ep_bus',
        destination: {
          kind: 'eventbridge',
          busArn: 'arn:aws:events:us-east-1:123456789012:event-bus/co-sell',
        },
      }),
    ]);
  });

  it('may declare an empty list', () => {
    expect(parseEndpointsFile('endpoints: []', secretIdFor).endpoints).toEqual([]);
  });

  it.each([
    [
      'endpoints: [{ id: ep_a, url: "https://a.example.com", topics: ["*"], filter: { data: { version: [-1e+400] } } }]',
      'filter/data/version: the number -1e+400; allowed: 0',
    ],
    ['', 'the file: null; allowed: an object with endpoints, clients or both'],
    ['{}', 'the file: an object; allowed: an object with endpoints, clients or both'],
    ['[]', 'the file: an empty list; allowed: '],
    ['endpoints:', 'endpoints: null; allowed: a list of endpoints'],
    ['clients: {}', 'clients: an object; allowed: a list of clients'],
    ['endpoints: []\nother: 1', 'the file: "other": not a member of the file; allowed: endpoints, clients'],
    ['endpoints: [', 'the file: not valid YAML: '],
    [
      'endpoints: [{topics: [*.stage_changed]}]',
      'the file: a text that begins with * is an alias in YAML; allowed: such a text in quotes',
    ],
    ['endpoints: [{topics: [*]}]', 'the file: a text that begins with * is an alias'],
    ['endpoints: [&a [*a]]', 'the file: a text that begins with * is an alias'],
    ['endpoints: [x]', 'endpoints[0] an endpoint: "x"; allowed: an object'],
    ['clients: [x]', 'clients[0] a client: "x"; allowed: an object'],
  ])('refuses %j', (text, problem) => {
    expect(() => parseEndpointsFile(text, secretIdFor)).toThrow(problem);
  });

  it.each([
    [
      'endpoints:\n  - headers:\n      Authorization: Bearer: s3cret\n',
      'the file: not valid YAML: Nested mappings are not allowed in compact mappings at line 3, column 22',
    ],
    ['a: "s3cret\n', 'the file: not valid YAML: Missing closing "quote at line 2, column 1'],
    [
      'a: |s3cret\n  b',
      'the file: not valid YAML: Block scalar header includes extra characters at line 1, column 5',
    ],
    ['[a, b\n: s3cret', 'the file: not valid YAML: '],
  ])('reports invalid YAML without quoting it: %j', (text, problem) => {
    const [notes = '', ...others] = thrownBy(() => parseEndpointsFile(text, secretIdFor));
    expect(notes).toContain(problem);
    expect(notes).not.toMatch(/s3cret|\n/);
    expect(others).toEqual([]);
  });

  it('reports the problems of all endpoints at once', () => {
    const text = 'endpoints: [{id: ep_a, url: x, topics: ["*"]}, {id: ep_a, topics: ["*"]}]';
    const problems = thrownBy(() => parseEndpointsFile(text, secretIdFor));
    expect(problems.map((problem) => problem.split(';')[0])).toEqual([
      'endpoints[0] (ep_a) url: "x"',
      'endpoints[1] (ep_a) url, eventBus: neither given',
      'endpoints[1] id: "ep_a" is repeated',
    ]);
  });
});

describe('the clients of the file', () => {
  const one = '{ id: crm, actions: [opportunity.update], catalogs: [AWS] }';

  it('are undefined if the file does not name them, as are endpoints', () => {
    expect(parseEndpointsFile(yaml, secretIdFor).clients).toBeUndefined();
    expect(parseEndpointsFile('clients: []', secretIdFor)).toMatchObject({
      endpoints: undefined,
      clients: [],
    });
  });

  it('are declared beside the endpoints', () => {
    const { endpoints, clients } = parseEndpointsFile(`${yaml}clients: [${one}]`, secretIdFor);
    expect(endpoints).toHaveLength(2);
    expect(clients).toEqual([signingClient({ actions: ['opportunity.update'], catalogs: ['AWS'] })]);
  });

  it('are reported with all problems at once, beside those of endpoints', () => {
    const wrong = '{ id: erp, actions: [opportunity.updat], catalogs: [AWS], aproval: always }';
    const text = `endpoints: [{ id: ep_a }]\nclients: [${one}, ${wrong}, ${one}]`;
    const problems = thrownBy(() => parseEndpointsFile(text, secretIdFor));
    expect(problems.map((problem) => problem.split(';')[0])).toEqual([
      'endpoints[0] (ep_a) url, eventBus: neither given',
      expect.stringContaining('endpoints[0] (ep_a) topics: nothing'),
      'clients[1] (erp) aproval: not a field of a client',
      'clients[1] (erp) actions[0]: "opportunity.updat"',
      'clients[2] id: "crm" is repeated',
    ]);
  });

  it.each([
    ['client: []', 'clients'],
    [`clients: [{ id: crm, aproval: always, actions: [], catalogs: [] }]`, 'approval'],
    [`clients: [{ aproval: always }]`, 'approval'],
    [`clients: [{ id: crm, actions: [opportunity.updat], catalogs: [AWS] }]`, 'opportunity.update'],
    [`endpoints: [{ id: ep_a, url: 'https://a.example.com', topicks: ['*'] }]`, 'topics'],
  ])('are misspelt in %j, and the nearest word is suggested', (text, suggestion) => {
    const problems = thrownBy(() => parseEndpointsFile(text, secretIdFor));
    expect(problems.map((each) => problemIn(each).didYouMean)).toContain(suggestion);
  });
});

describe('a plan', () => {
  const crm = endpoint({
    id: 'ep_crm',
    destination: webhook({ headers: { Authorization: 'Bearer s3cret' } }),
  });
  const old = endpoint({ id: 'ep_old' });
  const added = endpoint({ id: 'ep_new' });
  const disabled = { reason: 'gone', at: '2026-02-01T00:00:00.000Z' };

  it('adds, updates and removes endpoints, and ignores unchanged ones', () => {
    const after = endpoint({
      ...crm,
      payload: 'thin',
      destination: webhook({ headers: { Authorization: 'Bearer n3w' }, timeoutSeconds: 20 }),
    });
    const plan = planOf([crm, old, endpoint({ id: 'ep_same' })], [after, added, endpoint({ id: 'ep_same' })]);
    expect(planText(plan).split('\n')).toEqual([
      '+ ep_new  https://hooks.example.com/orders',
      '~ ep_crm',
      '    ~ headers/Authorization: (hidden) -> (hidden)',
      '    ~ payload: "full" -> "thin"',
      '    ~ timeoutSeconds: 15 -> 20',
      '- ep_old  https://hooks.example.com/orders',
    ]);
    expect(JSON.stringify(planJson(plan))).not.toMatch(/s3cret|n3w/);
  });

  it('is empty if nothing changes', () => {
    expect(isEmpty(planOf([crm], [crm]))).toBe(true);
    expect(isEmpty(planOf([crm], []))).toBe(false);
  });

  it('keeps a disabled endpoint disabled when its definition changes', () => {
    const { update } = planOf([{ ...crm, disabled }], [{ ...crm, payload: 'thin' }]);
    expect(update.map(({ after }) => after)).toEqual([{ ...crm, payload: 'thin', disabled }]);
  });

  it('ignores listeners', () => {
    const listener = endpoint({
      id: 'ep_listen',
      destination: { kind: 'listener', expiresAt: '2026-03-01T10:00:00.000Z' },
    });
    expect(isEmpty(planOf([listener], []))).toBe(true);
  });
});

function thrownBy(work: () => unknown): readonly string[] {
  try {
    work();
  } catch (error) {
    if (error instanceof UsageError) return error.problems;
    throw error;
  }
  return [];
}
