import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { commandActions } from '../../lambdas/core/command.ts';
import { partitionsFor } from '../../lambdas/runtime/contract.ts';
import { operateActions } from '../../lib/constructs/operate-actions.ts';
import {
  acceptanceActions,
  conversionActions,
  submissionActions,
} from '../../lib/constructs/partner-central-scope.ts';
import { exportActions } from '../../lib/constructs/record-export.ts';
import {
  commandFunctions,
  doorFunctions,
  exportFunctions,
  functions as usualFunctions,
} from './functions.ts';
import { synthesize } from './synthesized-stack.ts';

const eventBuses = [
  'arn:aws:events:us-east-1:111122223333:event-bus/partners',
  'arn:aws:events:us-east-1:444455556666:event-bus/crm',
];
const functions = [...usualFunctions, ...commandFunctions, ...doorFunctions, ...exportFunctions];
const commands = commandActions.join();
const settings = { catalogs: 'AWS,Sandbox', eventBuses, commands, signedCommands: true, exportHours: 24 };
const { template, ofType, logicalId } = synthesize({ settings });
/** A stack that runs in a VPC and puts events on no bus. */
const inVpc = synthesize({
  settings: {
    commands,
    signedCommands: true,
    exportHours: 24,
    subnetIds: 'subnet-0a1b2c3d',
    securityGroupIds: 'sg-0a1b2c3d',
  },
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
const index = (table: string, name: string) => ({
  'Fn::Join': ['', [{ 'Fn::GetAtt': [logicalId(table), 'Arn'] }, `/index/${name}`]],
});

const isOfPartnerCentral = (action: string) => action.startsWith('partnercentral:');

/** What AWS does in the name of a function, beside what it calls. */
const dependentActions = (path: string): readonly string[] => {
  if (path === 'RecordExport/Export') return exportActions;
  return path === 'Commands/Act' ? [...acceptanceActions, ...conversionActions, ...submissionActions] : [];
};

const below = (arn: unknown, path: string) => ({ 'Fn::Join': ['', [arn, path]] });

/** What the role of `export` may use with an action. */
const exportedWith = (action: string) =>
  statementsOf('RecordExport/Export')
    .filter(({ Action }) => Action.includes(action))
    .flatMap(({ Resource }) => Resource);

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
          ...dependentActions(path),
          'logs:CreateLogStream',
          'logs:PutLogEvents',
        ]),
      );
    },
  );

  it.each(functions)('$path names a resource for every action outside Partner Central', ({ path }) => {
    const everywhere = statementsOf(path).filter(({ Resource }) => Resource.includes('*'));
    const others = everywhere.flatMap(({ Action }) => Action).filter((action) => !isOfPartnerCentral(action));
    expect(others).toEqual([]);
  });

  it.each(functions)('$path uses Partner Central in the configured catalogs only', ({ path }) => {
    const reads = statementsOf(path).filter(({ Action }) => Action.some(isOfPartnerCentral));
    const inCatalogs = {
      Resource: ['*'],
      Condition: { StringEquals: { 'partnercentral:Catalog': ['AWS', 'Sandbox'] } },
    };
    expect(reads).toMatchObject(reads.map(() => inCatalogs));
    const declared = functions.find((each) => each.path === path)?.contract.actions ?? {};
    const expected = [
      ...Object.values(declared).flat().filter(isOfPartnerCentral),
      ...dependentActions(path).filter(isOfPartnerCentral),
    ];
    // Tasks of AWS have some actions in common, also with what the function calls itself.
    const granted = new Set(reads.flatMap(({ Action }) => Action));
    expect([...granted].toSorted()).toEqual([...new Set(expected)].toSorted());
  });

  it.each(functions.filter(({ contract }) => contract.partitions))(
    '$path uses only rows of the partitions in its contract',
    ({ path, contract }) => {
      const tables = {
        control: logicalId('Control/Table'),
        records: logicalId('Records/Table'),
        webhooks: logicalId('WebhookDelivery/Webhooks'),
      };
      for (const [resource, table] of Object.entries(tables)) {
        const arn = { 'Fn::GetAtt': [table, 'Arn'] };
        const allowed = statementsOf(path)
          .filter(({ Resource }) => Resource.some((each) => JSON.stringify(each) === JSON.stringify(arn)))
          .flatMap(({ Action, Condition }) => Action.map((action) => [action, Condition]));
        const declared = Object.entries<readonly string[]>(contract.actions).find(
          ([name]) => name === resource,
        );
        const expected = (declared?.[1] ?? []).map((action) => {
          const keys = partitionsFor(contract.partitions?.[resource], action);
          return [action, keys && { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': keys } }];
        });
        expect(Object.fromEntries(allowed)).toEqual(Object.fromEntries(expected));
      }
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

  it('Commands/Door/Door reads the secrets of clients only', () => {
    const secrets = statementsOf('Commands/Door/Door').filter(({ Action }) =>
      Action.includes('secretsmanager:GetSecretValue'),
    );
    expect(secrets.map(({ Action, Resource }) => ({ Action, Resource }))).toEqual([
      {
        Action: ['secretsmanager:GetSecretValue'],
        Resource: [
          {
            'Fn::Join': [
              '',
              ['arn:aws:secretsmanager:us-east-1:', account, ':secret:PartnerCentralRelay/clients/*'],
            ],
          },
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

  it('RecordExport/Export exports the Records table alone, to the folder of its bucket alone', () => {
    const table = { 'Fn::GetAtt': [logicalId('Records/Table'), 'Arn'] };
    const bucket = { 'Fn::GetAtt': [logicalId('RecordExport/Bucket'), 'Arn'] };
    expect(exportedWith('dynamodb:ExportTableToPointInTime')).toEqual([table]);
    expect(exportedWith('dynamodb:DescribeExport')).toEqual([below(table, '/export/*')]);
    for (const action of exportActions) expect(exportedWith(action)).toEqual([below(bucket, '/records/*')]);
  });

  it('RecordExport/Export writes to no bucket of another account', () => {
    const writes = statementsOf('RecordExport/Export').filter(({ Action }) =>
      Action.includes('s3:PutObject'),
    );
    expect(writes).toMatchObject([{ Condition: { StringEquals: { 's3:ResourceAccount': account } } }]);
  });

  it.each([
    ['WebhookDelivery', 'Sweep'],
    ['Reconciliation', 'Reconcile'],
    ['RecordExport', 'Export'],
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
  it('allows reading the Records table and its indexes, and nothing else', () => {
    const indexes = [
      'recordsByCustomer',
      'recordsByEngagement',
      'recordsByModification',
      'recordsByPartnerId',
      'recordsByStatus',
      'versionsByDay',
    ];
    expect(managedStatements('ReadRecords/Policy')).toEqual([
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
    ]);
  });

  it('has its ARN in an output of the stack', () => {
    template.hasOutput('ReadRecordsPolicyArn', { Value: { Ref: logicalId('ReadRecords/Policy') } });
  });
});

describe('the managed policy for operators', () => {
  const statements = managedStatements('OperateRelay/Policy');

  it('allows the declared actions, and names a resource for each but what only describes', () => {
    const declared = Object.values(operateActions).flat();
    // The CDK joins statements that allow the same action.
    expect(new Set(statements.flatMap(({ Action }) => Action))).toEqual(new Set(declared));
    const everywhere = statements.filter(({ Resource }) => Resource.includes('*'));
    expect(everywhere.flatMap(({ Action }) => Action).toSorted()).toEqual(
      [...operateActions.account, ...operateActions.lists].toSorted(),
    );
  });

  it('reaches the secrets of its own endpoints and clients only', () => {
    const secrets = statements.filter(({ Action }) => Action.includes('secretsmanager:PutSecretValue'));
    expect(secrets.map(({ Resource }) => Resource)).toEqual([
      ['clients', 'endpoints'].map((owners) => ({
        'Fn::Join': [
          '',
          ['arn:aws:secretsmanager:us-east-1:', account, `:secret:PartnerCentralRelay/${owners}/*`],
        ],
      })),
    ]);
  });

  it('names every queue of the stack', () => {
    const counts = ['sqs:SendMessage', 'sqs:DeleteMessage'].map(
      (action) => statements.find(({ Action }) => Action.includes(action))?.Resource.length,
    );
    expect(counts).toEqual([7, 8]);
  });

  it('has its ARN in an output of the stack', () => {
    template.hasOutput('OperatePolicyArn', { Value: { Ref: logicalId('OperateRelay/Policy') } });
  });
});

function managedStatements(path: string) {
  const found = ofType('AWS::IAM::ManagedPolicy').find(([id]) => id === logicalId(path));
  return v.parse(v.object({ PolicyDocument: documentSchema }), found?.[1]).PolicyDocument.Statement;
}
