import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { type CommandAction, commandActions } from '../../lambdas/core/command.ts';
import type { WriteOperation } from '../../lambdas/core/write-operation.ts';
import {
  acceptanceActions,
  conversionActions,
  submissionActions,
} from '../../lib/constructs/partner-central-scope.ts';
import { commandFunctions, doorFunctions } from './functions.ts';
import { synthesize } from './synthesized-stack.ts';

type Stack = ReturnType<typeof synthesize>;

const byDefault = synthesize();
const withAll = synthesize({ settings: { commands: commandActions.join() } });

const withDoor = synthesize({ settings: { commands: commandActions.join(), signedCommands: true } });

/** The operation that carries out each action. */
const operations: Readonly<Record<CommandAction, WriteOperation>> = {
  'engagement.update_context': 'UpdateEngagementContext',
  'invitation.accept': 'StartEngagementByAcceptingInvitationTask',
  'invitation.reject': 'RejectEngagementInvitation',
  'lead.accept': 'AcceptEngagementInvitation',
  'lead.to_opportunity': 'StartOpportunityFromEngagementTask',
  'opportunity.assign': 'AssignOpportunity',
  'opportunity.associate': 'AssociateOpportunity',
  'opportunity.create': 'CreateOpportunity',
  'opportunity.disassociate': 'DisassociateOpportunity',
  'opportunity.submit': 'StartEngagementFromOpportunityTask',
  'opportunity.update': 'UpdateOpportunity',
};

/** What the tasks of AWS do in the name of their caller. */
const ofTasks: ReadonlyMap<CommandAction, readonly string[]> = new Map<CommandAction, readonly string[]>([
  ['invitation.accept', acceptanceActions],
  ['lead.to_opportunity', conversionActions],
  ['opportunity.submit', submissionActions],
]);

const isRead = (action: string) => /^partnercentral:(?:Get|List)[A-Z]/.test(action);

const statement = v.object({
  Action: v.union([
    v.array(v.string()),
    v.pipe(
      v.string(),
      v.transform((action) => [action]),
    ),
  ]),
  Resource: v.unknown(),
  Condition: v.optional(v.unknown()),
});

/** Every statement of every policy in the template, wherever it stands. */
function allStatements(value: unknown): readonly v.InferOutput<typeof statement>[] {
  if (Array.isArray(value)) return value.flatMap(allStatements);
  if (typeof value !== 'object' || value === null) return [];
  const parsed = v.safeParse(statement, value);
  return [...(parsed.success ? [parsed.output] : []), ...Object.values(value).flatMap(allStatements)];
}

/** The actions on Partner Central that change something, with their conditions. */
function writesOf({ template }: Stack) {
  return allStatements(template.toJSON()).flatMap(({ Action, Resource, Condition }) =>
    Action.filter((action) => action.startsWith('partnercentral:') && !isRead(action)).map((action) => ({
      action,
      Resource,
      Condition,
    })),
  );
}

const inCatalogs = (catalogs: readonly string[]) => ({
  StringEquals: { 'partnercentral:Catalog': catalogs },
});

/** Resources of commands: by type, and by what their logical ids begin with. */
const ofCommands = (stack: Stack) =>
  stack.resources.flatMap(([id, { Type }]) =>
    Type.startsWith('AWS::ApiGateway') || /^(?:Commands|ActDoorbell)/.test(id) ? [id] : [],
  );

/** Alarms and outputs of commands, by their names. */
const named = (stack: Stack) =>
  [
    ...stack.ofType('AWS::CloudWatch::Alarm').map(([id]) => id),
    ...Object.keys(stack.template.findOutputs('*')),
  ].filter((name) => /Command|Write|Act(?:Queue|Parked|Function)|ReviewStatus|ParkedAct/.test(name));

const functionsOf = (stack: Stack) => stack.ofType('AWS::Lambda::Function').map(([id]) => id);
const tables = (stack: Stack) => stack.ofType('AWS::DynamoDB::GlobalTable');

describe('a stack with default settings', () => {
  it('has no action that writes to Partner Central, and no wildcard that would include one', () => {
    expect(writesOf(withAll)).not.toEqual([]);
    expect(writesOf(byDefault)).toEqual([]);
    const actions = allStatements(byDefault.template.toJSON()).flatMap(({ Action }) => Action);
    expect(actions.length).toBeGreaterThan(100);
    expect(actions.filter((action) => action.startsWith('partnercentral:') && action.includes('*'))).toEqual(
      [],
    );
    expect(actions).not.toContain('*');
  });

  it('has no HTTP API, function, queue, alarm or output of commands', () => {
    expect(ofCommands(withAll).length).toBeGreaterThan(15);
    expect(ofCommands(byDefault)).toEqual([]);
    expect(named(withAll).length).toBeGreaterThan(10);
    expect(named(byDefault)).toEqual([]);
  });

  it('has eight functions, and what a stack with commands has in addition is two', () => {
    expect(functionsOf(byDefault)).toHaveLength(8);
    expect(functionsOf(withAll).filter((id) => !functionsOf(byDefault).includes(id))).toEqual(
      commandFunctions.map(({ path }) => withAll.logicalId(`${path}/Function`)),
    );
  });

  it('has the tables, indexes and streams that a stack with commands has', () => {
    expect(tables(byDefault)).toHaveLength(3);
    expect(tables(withAll)).toEqual(tables(byDefault));
  });
});

/** What the function may do with the Webhooks table: the actions, and the condition on the rows. */
function webhookRowsOf(stack: Stack, path: string) {
  const role = stack.logicalId(`${path}/Role`);
  const table = stack.logicalId('WebhookDelivery/Webhooks');
  return stack
    .ofType('AWS::IAM::Policy')
    .filter(([, properties]) => JSON.stringify(properties['Roles']).includes(role))
    .flatMap(([, properties]) => allStatements(properties))
    .filter(({ Resource }) => JSON.stringify(Resource).includes(table))
    .map(({ Action, Condition }) => ({ Action, Condition }));
}

it.each([
  ['HydrateOpportunity', ['dynamodb:GetItem', 'dynamodb:UpdateItem']],
  ['HydrateInvitation', ['dynamodb:GetItem']],
  ['HydrateEngagement', ['dynamodb:GetItem']],
])(
  '%s reads lines of commands, and no other row of their table, only if there are commands',
  (name, actions) => {
    expect(webhookRowsOf(byDefault, `Hydration/${name}`)).toEqual([]);
    const [found, ...others] = webhookRowsOf(withAll, `Hydration/${name}`);
    expect(others).toEqual([]);
    expect(found?.Action.toSorted()).toEqual(actions);
    expect(JSON.stringify(found?.Condition)).toContain('"line#*"');
  },
);

it('the signed door writes lines of commands and rates, and no definition of a client', () => {
  const writes = webhookRowsOf(withDoor, 'Commands/Door/Door').filter(({ Action }) =>
    Action.some((action) => action.endsWith(':PutItem') || action.endsWith(':UpdateItem')),
  );
  expect(writes).toHaveLength(2);
  expect(JSON.stringify(writes)).toContain('"line#*"');
  expect(JSON.stringify(writes)).not.toContain('"client"');
});

describe('relay:commands', () => {
  it.each(commandActions)('%s alone allows its own operation and no other', (action) => {
    const stack = synthesize({ settings: { catalogs: 'AWS,Sandbox', commands: `Sandbox:${action}` } });
    const also = ofTasks.get(action) ?? [];
    const writes = writesOf(stack);
    expect(writes.map((write) => write.action).toSorted()).toEqual(
      [`partnercentral:${operations[action]}`, ...also].toSorted(),
    );
    for (const { Resource, Condition } of writes)
      expect({ Resource, Condition }).toEqual({ Resource: '*', Condition: inCatalogs(['Sandbox']) });
  });

  it('allows each action in its own catalogs', () => {
    const stack = synthesize({
      settings: { catalogs: 'AWS,Sandbox', commands: 'opportunity.update,AWS:opportunity.assign' },
    });
    const conditions = writesOf(stack).map(({ action, Condition }) => [action, Condition]);
    expect(Object.fromEntries(conditions)).toEqual({
      'partnercentral:UpdateOpportunity': inCatalogs(['AWS', 'Sandbox']),
      'partnercentral:AssignOpportunity': inCatalogs(['AWS']),
    });
  });

  it('allows writes to act alone', () => {
    const policies = withAll
      .ofType('AWS::IAM::Policy')
      .filter(([, properties]) =>
        allStatements(properties).some(({ Action }) =>
          Action.some((each) => each.startsWith('partnercentral:') && !isRead(each)),
        ),
      );
    expect(policies.map(([, { Roles }]) => Roles)).toEqual([
      [{ Ref: withAll.logicalId('Commands/Act/Role') }],
    ]);
  });

  it('gives both functions what is enabled, each action with its catalog', () => {
    const stack = synthesize({
      settings: { catalogs: 'AWS,Sandbox', commands: 'Sandbox:opportunity.assign,invitation.reject' },
    });
    const given = stack.ofType('AWS::Lambda::Function').flatMap(([, { Environment }]) => {
      const { COMMANDS } = Object(Environment).Variables;
      return COMMANDS === undefined ? [] : [COMMANDS];
    });
    expect(given).toEqual(
      commandFunctions.map(
        () => 'AWS:invitation.reject,Sandbox:invitation.reject,Sandbox:opportunity.assign',
      ),
    );
  });
});

describe('the HTTP API for commands', () => {
  it('has two routes, which IAM authorizes', () => {
    const routes = withAll.ofType('AWS::ApiGatewayV2::Route').map(([, properties]) => properties);
    expect(routes).toMatchObject([
      { RouteKey: 'POST /commands', AuthorizationType: 'AWS_IAM' },
      { RouteKey: 'GET /commands/{key+}', AuthorizationType: 'AWS_IAM' },
    ]);
  });

  it('logs the caller, and neither bodies nor paths, which have the key', () => {
    const [[, { AccessLogSettings, DefaultRouteSettings }] = ['', {}]] =
      withAll.ofType('AWS::ApiGatewayV2::Stage');
    const format: unknown = JSON.parse(String(Object(AccessLogSettings).Format));
    expect(format).toEqual({
      stack: 'PartnerCentralRelay',
      requestId: '$context.requestId',
      time: '$context.requestTime',
      route: '$context.routeKey',
      status: '$context.status',
      caller: '$context.identity.userArn',
      latencyMs: '$context.responseLatency',
      error: '$context.error.message',
      integrationError: '$context.integration.error',
    });
    expect(DefaultRouteSettings).toEqual({ ThrottlingRateLimit: 10, ThrottlingBurstLimit: 20 });
  });

  it('has its URL in an output, with what pcr needs', () => {
    const outputs = withAll.template.findOutputs('*');
    expect(Object.keys(outputs)).toEqual(
      expect.arrayContaining([
        'ActFunctionName',
        'ActParkedQueueUrl',
        'ActQueueUrl',
        'CommandsFunctionName',
        'CommandsUrl',
        'WritesPerDay',
        'WritesPerSecond',
      ]),
    );
    const api = withAll.ofType('AWS::ApiGatewayV2::Api').map(([id]) => id);
    expect(api.map((id) => ({ Value: { 'Fn::GetAtt': [id, 'ApiEndpoint'] } }))).toEqual([
      outputs['CommandsUrl'],
    ]);
  });
});

/** What AWS bills each month also while no one calls: resources, and each metric of an alarm. */
const billedByTheMonth = new Set([
  'AWS::CloudWatch::Dashboard',
  'AWS::CloudWatch::CompositeAlarm',
  'AWS::EC2::NatGateway',
  'AWS::EC2::VPCEndpoint',
  'AWS::KMS::Key',
  // The long polls of a queue.
  'AWS::Lambda::EventSourceMapping',
  // Provisioned concurrency.
  'AWS::Lambda::Version',
  'AWS::Scheduler::Schedule',
  'AWS::SecretsManager::Secret',
]);
const metricsOfAlarm = v.object({
  Metrics: v.optional(v.array(v.object({ Id: v.string(), MetricStat: v.optional(v.unknown()) }))),
});

function fixedPricesOf(stack: Stack): readonly string[] {
  const resources = stack.resources.flatMap(([id, { Type }]) =>
    billedByTheMonth.has(Type) ? [`${Type} ${id}`] : [],
  );
  const metrics = stack.ofType('AWS::CloudWatch::Alarm').flatMap(([id, properties]) => {
    const { Metrics } = v.parse(metricsOfAlarm, properties);
    const watched = Metrics?.flatMap(({ Id, MetricStat }) => (MetricStat ? [Id] : [])) ?? ['its metric'];
    return watched.map((metric) => `${id}: ${metric}`);
  });
  return [...resources, ...metrics].toSorted();
}

const alarmIdOf = (path: string) => withAll.logicalId(`Monitoring/${path}`);

it('relay:commands has as its only fixed prices the polls of a queue and seven metrics of alarms, one of them for all doors', () => {
  const before = fixedPricesOf(byDefault);
  const added = fixedPricesOf(withAll).filter((price) => !before.includes(price));
  const newAlarms = [
    'Urgent/ParkedAct',
    'Urgent/CommandTooOld',
    'Urgent/CommandsDenied',
    'Urgent/ReviewStatusRegressed',
    'Notice/CommandsFailed',
    'Notice/WritesNearlyUsed',
  ];
  expect(before.length).toBeGreaterThan(30);
  expect(added).toEqual([
    expect.stringMatching(/^AWS::Lambda::EventSourceMapping Commands/),
    ...[
      ...newAlarms.map((path) => `${alarmIdOf(path)}: m1`),
      `${alarmIdOf('Urgent/FunctionErrors')}: requestsFailed_commands_and_door`,
    ].toSorted(),
  ]);
});

const idsOf = ({ resources }: Stack) => resources.map(([id]) => id);

/** How each route authorizes its callers. */
const authorizationsOf = (stack: Stack) =>
  stack.ofType('AWS::ApiGatewayV2::Route').map(([, { AuthorizationType }]) => AuthorizationType);

describe('relay:signedCommands', () => {
  const added = idsOf(withDoor).filter((id) => !idsOf(withAll).includes(id));
  const typesOf = (ids: readonly string[]) =>
    withDoor.resources.filter(([id]) => ids.includes(id)).map(([, { Type }]) => Type);

  it('adds a function, its API and their logs, and nothing else', () => {
    expect(typesOf(added).toSorted()).toEqual([
      'AWS::ApiGatewayV2::Api',
      'AWS::ApiGatewayV2::Integration',
      'AWS::ApiGatewayV2::Route',
      'AWS::ApiGatewayV2::Route',
      'AWS::ApiGatewayV2::Stage',
      'AWS::IAM::Policy',
      'AWS::IAM::Role',
      'AWS::Lambda::Function',
      'AWS::Lambda::Permission',
      'AWS::Lambda::Permission',
      'AWS::Logs::LogGroup',
      'AWS::Logs::LogGroup',
      'AWS::Logs::MetricFilter',
    ]);
    expect(functionsOf(withDoor).filter((id) => added.includes(id))).toEqual(
      doorFunctions.map(({ path }) => withDoor.logicalId(`${path}/Function`)),
    );
  });

  it('leaves every other resource but the dashboard as it is, so that no alarm watches more', () => {
    const before = new Map(withAll.resources);
    const changed = withDoor.resources.filter(
      ([id, resource]) => !added.includes(id) && JSON.stringify(resource) !== JSON.stringify(before.get(id)),
    );
    expect(changed.map(([, { Type }]) => Type)).toEqual(['AWS::CloudWatch::Dashboard']);
  });

  it('adds nothing with a fixed price a month', () => {
    expect(fixedPricesOf(withDoor)).toEqual(fixedPricesOf(withAll));
  });

  it('is off by default, and then no route is open to callers without IAM', () => {
    expect(authorizationsOf(byDefault)).toEqual([]);
    expect(new Set(authorizationsOf(withAll))).toEqual(new Set(['AWS_IAM']));
    expect(authorizationsOf(withDoor).filter((kind) => kind !== 'AWS_IAM')).toHaveLength(2);
    expect(Object.keys(withAll.template.findOutputs('*'))).not.toContain('SignedCommandsUrl');
    expect(Object.keys(withDoor.template.findOutputs('*'))).toContain('SignedCommandsUrl');
  });

  it('throttles its API like the other one, and logs the address of the caller but no body and no path', () => {
    const stage = withDoor
      .ofType('AWS::ApiGatewayV2::Stage')
      .flatMap(([id, properties]) => (added.includes(id) ? [properties] : []));
    expect(stage).toMatchObject([
      { DefaultRouteSettings: { ThrottlingRateLimit: 10, ThrottlingBurstLimit: 20 } },
    ]);
    const format = String(Object(stage[0]?.['AccessLogSettings']).Format);
    expect(Object.values(Object(JSON.parse(format)))).toEqual([
      'PartnerCentralRelay',
      '$context.requestId',
      '$context.requestTime',
      '$context.routeKey',
      '$context.status',
      '$context.identity.sourceIp',
      '$context.responseLatency',
      '$context.error.message',
      '$context.integration.error',
    ]);
  });
});
