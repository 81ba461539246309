import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { functions } from './functions.ts';
import { synthesize } from './synthesized-stack.ts';

const eventBuses = [
  'arn:aws:events:us-east-1:111122223333:event-bus/partners',
  'arn:aws:events:us-east-1:444455556666:event-bus/crm',
];
const settings = { catalogs: 'AWS,Sandbox', eventBuses };
const { template, ofType, logicalId } = synthesize({ settings });
/** A stack that runs in a VPC and puts events on no bus. */
const inVpc = synthesize({
  settings: { subnetIds: 'subnet-0a1b2c3d', securityGroupIds: 'sg-0a1b2c3d' },
});

const oneOrMore = <Item extends v.GenericSchema<unknown, unknown>>(item: Item) =>
  v.pipe(
    v.union([v.array(item), item]),
    v.transform((value): readonly v.InferOutput<Item>[] => (Array.isArray(value) ? value : [value])),
  );

const documentSchema = v.object({
  Statement: v.array(
    v.object({
      Effect: v.literal('Allow'),
      Action: oneOrMore(v.string()),
      Resource: oneOrMore(v.unknown()),
      Condition: v.optional(v.unknown()),
    }),
  ),
});

const policySchema = v.object({
  Roles: v.array(v.object({ Ref: v.string() })),
  PolicyDocument: documentSchema,
});

const policiesOf = (stack: Pick<ReturnType<typeof synthesize>, 'ofType'>) =>
  stack.ofType('AWS::IAM::Policy').map(([, properties]) => v.parse(policySchema, properties));
const policies = policiesOf({ ofType });
const ofVpc = { policies: policiesOf(inVpc), logicalId: inVpc.logicalId };

function statementsOf(path: string, stack = { policies, logicalId }) {
  const role = stack.logicalId(`${path}/Role`);
  return stack.policies
    .filter(({ Roles }) => Roles.some(({ Ref }) => Ref === role))
    .flatMap(({ PolicyDocument }) => PolicyDocument.Statement);
}

const puts = (stack?: Parameters<typeof statementsOf>[1]) =>
  statementsOf('WebhookDelivery/Deliver', stack).filter(({ Action }) => Action.includes('events:PutEvents'));

const account = { Ref: 'AWS::AccountId' };
const opportunities = (catalog: string) => ({
  'Fn::Join': ['', ['arn:aws:partnercentral:us-east-1:', account, `:catalog/${catalog}/opportunity/*`]],
});
const invitations = (catalog: string) =>
  `arn:aws:partnercentral:us-east-1::catalog/${catalog}/engagement-invitation/*`;

const engagements = (catalog: string) => `arn:aws:partnercentral:us-east-1::catalog/${catalog}/engagement/*`;

const index = (table: string, name: string) => ({
  'Fn::Join': ['', [{ 'Fn::GetAtt': [logicalId(table), 'Arn'] }, `/index/${name}`]],
});

describe('the role of a function', () => {
  it('has one policy, and no other policies exist', () => {
    expect(policies).toHaveLength(functions.length);
  });

  it.each(functions)(
    '$path allows exactly the actions of its contract, event sources and logs',
    ({ path, contract, sourceActions }) => {
      const allowed = new Set(statementsOf(path).flatMap(({ Action }) => Action));
      expect(allowed).toEqual(
        new Set([
          ...Object.values(contract.actions).flat(),
          ...sourceActions,
          'logs:CreateLogStream',
          'logs:PutLogEvents',
        ]),
      );
    },
  );

  it.each(functions)('$path names a resource for every action except lists', ({ path }) => {
    const everywhere = statementsOf(path).filter(({ Resource }) => Resource.includes('*'));
    const [lists, others] = [true, false].map((isList) =>
      everywhere.filter(
        ({ Action }) => Action.some((action) => action.startsWith('partnercentral:List')) === isList,
      ),
    );
    expect(others).toEqual([]);
    // List actions of Partner Central support no resource: a condition restricts them to the
    // catalogs.
    const inCatalogs = { StringEquals: { 'partnercentral:Catalog': ['AWS', 'Sandbox'] } };
    expect(lists?.map(({ Condition }) => Condition)).toEqual(lists?.map(() => inCatalogs));
  });

  it.each(functions.filter(({ contract }) => contract.partitions))(
    '$path uses only rows of the partitions in its contract',
    ({ path, contract }) => {
      const { partitions = {} } = contract;
      const tables = { control: logicalId('Control/Table'), webhooks: logicalId('WebhookDelivery/Webhooks') };
      const restricted = Object.entries(tables).flatMap(([resource, table]) => {
        const arn = { 'Fn::GetAtt': [table, 'Arn'] };
        return statementsOf(path)
          .filter(({ Resource }) => Resource.some((each) => JSON.stringify(each) === JSON.stringify(arn)))
          .map(({ Condition }) => [resource, Condition]);
      });
      expect(Object.fromEntries(restricted)).toEqual(
        Object.fromEntries(
          Object.entries(partitions).map(([resource, keys]) => [
            resource,
            { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': keys } },
          ]),
        ),
      );
    },
  );

  it.each(functions)('$path can be assumed by Lambda alone and has no managed policy', ({ path }) => {
    const id = logicalId(`${path}/Role`);
    const role = ofType('AWS::IAM::Role').find(([name]) => name === id)?.[1];
    expect(role).toMatchObject({
      AssumeRolePolicyDocument: { Statement: [{ Principal: { Service: 'lambda.amazonaws.com' } }] },
    });
    expect(role).not.toHaveProperty('ManagedPolicyArns');
  });

  it.each([
    ['Hydration/HydrateOpportunity', opportunities],
    ['Hydration/HydrateInvitation', invitations],
    ['Hydration/HydrateEngagement', engagements],
  ])('%s reads Partner Central in the configured catalogs only', (path, arnIn) => {
    const reads = statementsOf(path).filter(({ Action }) =>
      Action.some((action) => action.startsWith('partnercentral:Get')),
    );
    expect(reads).toMatchObject([
      {
        Resource: [arnIn('AWS'), arnIn('Sandbox')],
        Condition: { StringEquals: { 'partnercentral:Catalog': ['AWS', 'Sandbox'] } },
      },
    ]);
  });

  it('WebhookDelivery/Deliver reads the secrets of its own endpoints only', () => {
    const [secrets, ...others] = statementsOf('WebhookDelivery/Deliver').filter(({ Action }) =>
      Action.includes('secretsmanager:GetSecretValue'),
    );
    expect(others).toEqual([]);
    expect(secrets?.Resource).toEqual([
      {
        'Fn::Join': [
          '',
          ['arn:aws:secretsmanager:us-east-1:', account, ':secret:PartnerCentralRelay/endpoints/*'],
        ],
      },
    ]);
  });

  it('WebhookDelivery/Deliver puts events only on the configured buses, if any', () => {
    expect(puts()).toMatchObject([{ Action: ['events:PutEvents'], Resource: eventBuses }]);
    expect(puts(ofVpc)).toEqual([]);
  });

  it('WebhookDelivery/Deliver alone may create network interfaces, if it runs in a VPC', () => {
    const making = functions
      .map(({ path }) => path)
      .filter((path) =>
        statementsOf(path, ofVpc).some(({ Action }) => Action.some((action) => action.startsWith('ec2:'))),
      );
    expect(making).toEqual(['WebhookDelivery/Deliver']);
  });

  it('WebhookDelivery/Sweep queries the intents and the two indexes of unfinished work only', () => {
    const queries = statementsOf('WebhookDelivery/Sweep').filter(({ Action }) =>
      Action.includes('dynamodb:Query'),
    );
    expect(queries.flatMap(({ Resource }) => Resource)).toEqual([
      { 'Fn::GetAtt': [logicalId('Records/Table'), 'Arn'] },
      index('Records/Table', 'outbox'),
      index('WebhookDelivery/Webhooks', 'due'),
    ]);
  });

  it.each([
    ['WebhookDelivery', 'Sweep'],
    ['Reconciliation', 'Reconcile'],
  ])('the schedule of %s invokes %s only', (concern, invoked) => {
    const id = logicalId(`${concern}/EveryMinute/Role`);
    const role = ofType('AWS::IAM::Role').find(([name]) => name === id)?.[1];
    const inline = v.object({ Policies: v.array(v.object({ PolicyDocument: documentSchema })) });
    expect(
      v.parse(inline, role).Policies.flatMap(({ PolicyDocument }) => PolicyDocument.Statement),
    ).toMatchObject([
      {
        Action: ['lambda:InvokeFunction'],
        Resource: [{ 'Fn::GetAtt': [logicalId(`${concern}/${invoked}/Function`), 'Arn'] }],
      },
    ]);
  });
});

describe('the managed policy for queries of records', () => {
  const managed = ofType('AWS::IAM::ManagedPolicy').map(([id, properties]) => ({
    id,
    ...v.parse(v.object({ PolicyDocument: documentSchema }), properties),
  }));

  it('allows reading the Records table and its indexes, and nothing else', () => {
    const indexes = [
      'recordsByCustomer',
      'recordsByEngagement',
      'recordsByModification',
      'recordsByPartnerId',
      'recordsByStatus',
      'versionsByDay',
    ];
    expect(managed.map(({ PolicyDocument }) => PolicyDocument.Statement)).toEqual([
      [
        {
          Effect: 'Allow',
          Action: [
            'dynamodb:BatchGetItem',
            'dynamodb:DescribeTable',
            'dynamodb:GetItem',
            'dynamodb:PartiQLSelect',
            'dynamodb:Query',
          ],
          Resource: [
            { 'Fn::GetAtt': [logicalId('Records/Table'), 'Arn'] },
            ...indexes.map((name) => index('Records/Table', name)),
          ],
        },
      ],
    ]);
  });

  it('has its ARN in an output of the stack', () => {
    template.hasOutput('ReadRecordsPolicyArn', { Value: { Ref: logicalId('ReadRecords/Policy') } });
  });
});
