import { Match } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { sharedEnvironment } from '../../lambdas/runtime/contract.ts';
import { certificate } from '../conformance/loopback-certificate.ts';
import { functions } from './functions.ts';
import { synthesize } from './synthesized-stack.ts';

const deployed = synthesize();
const { template, ofType, logicalId } = deployed;

describe('every queue', () => {
  const queues = ofType('AWS::SQS::Queue');
  const kept = logicalId('Quarantine/Kept');
  const parked = queues.filter(([id, { RedrivePolicy }]) => RedrivePolicy === undefined && id !== kept);

  it('is one of six work queues, its parked queue, or the queue of kept events', () => {
    expect(queues).toHaveLength(13);
    expect(queues.map(([id]) => id)).toContain(kept);
    expect(parked).toHaveLength(6);
  });

  it('is encrypted and keeps messages for 14 days', () => {
    template.allResourcesProperties('AWS::SQS::Queue', {
      SqsManagedSseEnabled: true,
      MessageRetentionPeriod: 14 * 24 * 60 * 60,
    });
  });

  it.each(queues.map(([id]) => id))('%s rejects requests without TLS', (id) => {
    template.hasResourceProperties('AWS::SQS::QueuePolicy', {
      Queues: [{ Ref: id }],
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Action: 'sqs:*',
            Effect: 'Deny',
            Condition: { Bool: { 'aws:SecureTransport': 'false' } },
          }),
        ]),
      },
    });
  });

  it.each(parked.map(([id]) => id))(
    '%s receives messages that were received five times from its work queue',
    (id) => {
      template.hasResourceProperties('AWS::SQS::Queue', {
        RedrivePolicy: { deadLetterTargetArn: { 'Fn::GetAtt': [id, 'Arn'] }, maxReceiveCount: 5 },
      });
    },
  );
});

describe('timing', () => {
  it.each([
    // Function timeout and batching window, in seconds.
    ['Hydration/Opportunities', 60, 1],
    ['Hydration/Invitations', 60, 1],
    ['Hydration/Engagements', 60, 1],
    ['Quarantine/Events', 30, 0],
    ['WebhookDelivery/FanOutDoorbell', 60, 0],
    ['WebhookDelivery/DeliveryDoorbell', 120, 0],
  ])('%s hides a message for six function timeouts and the batching window', (path, timeout, window) => {
    const id = logicalId(`${path}/Queue`);
    const mapping = ofType('AWS::Lambda::EventSourceMapping').find(
      ([, { EventSourceArn }]) =>
        JSON.stringify(EventSourceArn) === JSON.stringify({ 'Fn::GetAtt': [id, 'Arn'] }),
    );
    const worker = ofType('AWS::Lambda::Function').find(
      ([name]) => JSON.stringify(mapping?.[1]['FunctionName']) === JSON.stringify({ Ref: name }),
    );
    expect(worker?.[1]['Timeout']).toBe(timeout);
    expect(mapping?.[1]['MaximumBatchingWindowInSeconds'] ?? 0).toBe(window);
    expect(ofType('AWS::SQS::Queue').find(([name]) => name === id)?.[1]['VisibilityTimeout']).toBe(
      6 * timeout + window,
    );
  });

  it.each([
    [undefined, 6, '5'],
    [0, 1, '0'],
    [899, 900, '899'],
  ])(
    'settleSeconds %s delays events by that time plus one second, if there are no early reads',
    (settleSeconds, delay, variable) => {
      const stack = synthesize({
        settings: { earlyReadPercent: 0, ...(settleSeconds !== undefined && { settleSeconds }) },
      });
      for (const [queue, worker] of [
        ['Hydration/Opportunities/Queue', 'Hydration/HydrateOpportunity/Function'],
        ['Hydration/Invitations/Queue', 'Hydration/HydrateInvitation/Function'],
        ['Hydration/Engagements/Queue', 'Hydration/HydrateEngagement/Function'],
      ] as const) {
        expect(propertiesOf(stack, queue)).toHaveProperty('DelaySeconds', delay);
        expect(propertiesOf(stack, worker)).toHaveProperty('Environment.Variables.SETTLE_SECONDS', variable);
      }
    },
  );

  it.each([
    ['early reads up to half of the day', {}, 0, 1, '50'],
    ['early reads up to 90 percent', { earlyReadPercent: 90 }, 0, 1, '90'],
    ['no early reads', { earlyReadPercent: 0 }, 6, 2, '0'],
    ['no settling time, so no early reads', { settleSeconds: 0 }, 1, 2, '0'],
  ])('delays and batches events as %s require', (_, settings, delay, window, percent) => {
    const stack = synthesize({ settings });
    for (const kind of ['Opportunity', 'Invitation', 'Engagement']) {
      const queue = `Hydration/${kind === 'Opportunity' ? 'Opportunities' : `${kind}s`}/Queue`;
      expect(propertiesOf(stack, queue)).toHaveProperty('DelaySeconds', delay);
      expect(propertiesOf(stack, queue)).toHaveProperty('VisibilityTimeout', 6 * 60 + window);
      expect(propertiesOf(stack, `Hydration/Hydrate${kind}/Function`)).toHaveProperty(
        'Environment.Variables.EARLY_READ_PERCENT',
        percent,
      );
    }
    const windows = Object.values(
      stack.template.findResources('AWS::Lambda::EventSourceMapping', {
        Properties: { MaximumBatchingWindowInSeconds: window, BatchSize: 50 },
      }),
    );
    expect(windows).toHaveLength(3);
  });

  it.each(['WebhookDelivery/Sweep', 'Reconciliation/Reconcile'])(
    '%s runs once a minute and ends before the next run',
    (path) => {
      template.resourceCountIs('AWS::Scheduler::Schedule', 2);
      template.hasResourceProperties('AWS::Scheduler::Schedule', {
        ScheduleExpression: 'rate(1 minute)',
        State: 'ENABLED',
        Target: { Arn: { 'Fn::GetAtt': [logicalId(`${path}/Function`), 'Arn'] } },
      });
      expect(propertiesOf(deployed, `${path}/Function`)['Timeout']).toBeLessThan(60);
    },
  );
});

describe('every function', () => {
  it('is in the list of these tests', () => {
    expect(
      ofType('AWS::Lambda::Function')
        .map(([id]) => id)
        .toSorted(),
    ).toEqual(functions.map(({ path }) => logicalId(`${path}/Function`)).toSorted());
  });

  it('runs on Node 24 and arm64', () => {
    template.allResourcesProperties('AWS::Lambda::Function', {
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      Handler: 'index.handler',
    });
  });

  it.each(functions)('$path is traced, and may send traces, only if the setting says so', ({ path }) => {
    const traced = synthesize({ settings: { tracing: 'yes' } });
    const policyOf = (stack: typeof deployed) =>
      JSON.stringify(propertiesOf(stack, `${path}/Role/DefaultPolicy`));
    expect(propertiesOf(traced, `${path}/Function`)).toHaveProperty('TracingConfig.Mode', 'Active');
    expect(policyOf(traced)).toContain('xray:PutTraceSegments');
    expect(propertiesOf(deployed, `${path}/Function`)).not.toHaveProperty('TracingConfig');
    expect(policyOf(deployed)).not.toContain('xray:');
  });

  it.each(functions)(
    '$path has exactly the environment of its contract, and the stack',
    ({ path, contract }) => {
      const { Environment } = propertiesOf(deployed, `${path}/Function`);
      const variables = Object(Object(Environment).Variables);
      expect(Object.keys(variables).toSorted()).toEqual(
        [...Object.keys(contract.environment), ...Object.keys(sharedEnvironment)].toSorted(),
      );
      expect(variables).toHaveProperty('STACK_NAME', 'PartnerCentralRelay');
    },
  );

  it.each(functions)('$path writes to its own log group, which keeps lines for 90 days', ({ path }) => {
    const log = logicalId(`${path}/Logs`);
    expect(propertiesOf(deployed, `${path}/Function`)).toHaveProperty('LoggingConfig.LogGroup', { Ref: log });
    expect(propertiesOf(deployed, `${path}/Logs`)).toEqual({ RetentionInDays: 90 });
  });

  it.each(['HydrateOpportunity', 'HydrateInvitation', 'HydrateEngagement'])(
    '%s runs at most twice at the same time',
    (name) => {
      template.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
        FunctionName: { Ref: logicalId(`Hydration/${name}/Function`) },
        ScalingConfig: { MaximumConcurrency: 2 },
      });
    },
  );

  it.each(functions)('$path may send to its own queue only if it postpones work', ({ path }) => {
    expect(propertiesOf(deployed, `${path}/Function`)['RecursiveLoop']).toBe(
      /^Hydration\/|^WebhookDelivery\/(?:FanOut|Deliver)$/.test(path) ? 'Allow' : 'Terminate',
    );
  });

  it('reports failures of a batch message by message for every event source', () => {
    template.allResourcesProperties('AWS::Lambda::EventSourceMapping', {
      FunctionResponseTypes: ['ReportBatchItemFailures'],
    });
    template.resourceCountIs('AWS::Lambda::EventSourceMapping', 7);
  });

  it('receives from the stream only inserted versions, for fan-out', () => {
    template.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
      EventSourceArn: { 'Fn::GetAtt': [logicalId('Records/Table'), 'StreamArn'] },
      FunctionName: { Ref: logicalId('WebhookDelivery/FanOut/Function') },
      StartingPosition: 'TRIM_HORIZON',
      MaximumRetryAttempts: 3,
      BisectBatchOnFunctionError: true,
      FilterCriteria: {
        Filters: [
          {
            Pattern: Match.serializedJson({
              eventName: ['INSERT'],
              dynamodb: { Keys: { sk: { S: [{ prefix: 'version#' }] } } },
            }),
          },
        ],
      },
    });
  });
});

describe('the settings', () => {
  const settings = {
    readsPerSecond: 25,
    readsPerDay: 250_000,
    reconcileMinutes: 30,
    fullPassDays: 0,
    expiringDays: 5,
    reminders: 'close_date_passed,review_overdue:10',
    silenceDays: 2,
    rejectedInvitations: 'keep',
  };
  const stack = synthesize({ settings: { catalogs: 'AWS,Sandbox', ...settings } });
  const variablesOf = (path: string) =>
    Object(propertiesOf(stack, `${path}/Function`)['Environment']).Variables;

  it.each(['HydrateOpportunity', 'HydrateInvitation', 'HydrateEngagement'])(
    'give %s the read quota of the account',
    (name) => {
      expect(variablesOf(`Hydration/${name}`)).toMatchObject({
        READS_PER_SECOND: '25',
        READS_PER_DAY: '250000',
      });
    },
  );

  it('give HydrateInvitation the treatment of rejected invitations', () => {
    expect(variablesOf('Hydration/HydrateInvitation')).toHaveProperty('REJECTED_INVITATIONS', 'keep');
  });

  it('give Reconcile its catalogs and intervals', () => {
    expect(variablesOf('Reconciliation/Reconcile')).toMatchObject({
      CATALOGS: 'AWS,Sandbox',
      READS_PER_SECOND: '25',
      READS_PER_DAY: '250000',
      RECONCILE_MINUTES: '30',
      FULL_PASS_DAYS: '0',
      EXPIRING_DAYS: '5',
      REMINDERS: 'close_date_passed,review_overdue:10',
      SILENCE_DAYS: '2',
    });
  });
});

describe('the destinations of webhooks', () => {
  const eventBuses = 'arn:aws:events:us-east-1:111122223333:event-bus/partners';
  const network = {
    allowedCidrs: '10.20.0.0/16,fd12:3456::/32',
    subnetIds: 'subnet-0a1b2c3d,subnet-0a1b2c3e',
    securityGroupIds: 'sg-0a1b2c3d',
  };
  const path = 'WebhookDelivery/Deliver/Function';
  const variablesOf = (stack: ReturnType<typeof synthesize>) =>
    Object(propertiesOf(stack, path)['Environment']).Variables;

  it('are public addresses alone by default, from outside any VPC', () => {
    expect(variablesOf(deployed)).toMatchObject({
      WEBHOOK_NETWORK: 'public',
      ALLOWED_CIDRS: 'none',
      CA_CERTIFICATE: 'none',
    });
    expect(propertiesOf(deployed, path)).not.toHaveProperty('VpcConfig');
  });

  it('can be private receivers, from the configured subnets, in which no other function runs', () => {
    const stack = synthesize({ settings: { eventBuses, caCertificate: certificate, ...network } });
    expect(variablesOf(stack)).toHaveProperty('ALLOWED_CIDRS', network.allowedCidrs);
    expect(variablesOf(stack)).toHaveProperty('CA_CERTIFICATE', certificate);
    const inVpc = stack.ofType('AWS::Lambda::Function').filter(([, { VpcConfig }]) => VpcConfig);
    expect(inVpc.map(([id]) => id)).toEqual([stack.logicalId(path)]);
    expect(propertiesOf(stack, path)['VpcConfig']).toEqual({
      SubnetIds: network.subnetIds.split(','),
      SecurityGroupIds: [network.securityGroupIds],
      Ipv6AllowedForDualStack: true,
    });
  });

  it('can be reached by IPv6 only if an IPv6 network is allowed', () => {
    const stack = synthesize({ settings: { ...network, allowedCidrs: '10.20.0.0/16' } });
    expect(propertiesOf(stack, path)['VpcConfig']).not.toHaveProperty('Ipv6AllowedForDualStack');
  });

  it('get at most a fifth of all invocations per endpoint', () => {
    template.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
      FunctionName: { Ref: logicalId(path) },
      ScalingConfig: { MaximumConcurrency: 5 * Number(variablesOf(deployed).SLOTS_PER_ENDPOINT) },
    });
  });
});

describe('the tables', () => {
  it.each(['Records/Table', 'Control/Table', 'WebhookDelivery/Webhooks'])(
    '%s is on demand, protected, and can be restored to any second of the last 35 days',
    (path) => {
      expect(propertiesOf(deployed, path)).toMatchObject({
        BillingMode: 'PAY_PER_REQUEST',
        Replicas: [
          {
            Region: 'us-east-1',
            DeletionProtectionEnabled: true,
            PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
          },
        ],
      });
    },
  );

  it('have a stream of keys on the Records table', () => {
    expect(propertiesOf(deployed, 'Records/Table')['StreamSpecification']).toEqual({
      StreamViewType: 'KEYS_ONLY',
    });
  });

  it.each([
    ['retain', 'Retain', true],
    ['destroy', 'Delete', false],
  ])(
    'given tableRemoval %s have the deletion policy %s and deletion protection %s',
    (tableRemoval, policy, isProtected) => {
      const stack = synthesize({ settings: { tableRemoval } }).template;
      stack.resourceCountIs('AWS::DynamoDB::GlobalTable', 3);
      stack.allResources('AWS::DynamoDB::GlobalTable', {
        DeletionPolicy: policy,
        UpdateReplacePolicy: policy,
        Properties: { Replicas: [Match.objectLike({ DeletionProtectionEnabled: isProtected })] },
      });
    },
  );
});

/** Names of another resource, or inside a role, where another stack has its own. */
const namesOthers: ReadonlySet<string> = new Set([
  'AWS::CloudWatch::Alarm MetricName',
  'AWS::IAM::Policy PolicyName',
  'AWS::Lambda::EventSourceMapping FunctionName',
  'AWS::Lambda::Permission FunctionName',
]);

describe('the stack', () => {
  it('sets no physical names, so that two stacks can be deployed in one account, and what a failed deployment leaves blocks no later one', () => {
    const named = deployed.resources.flatMap(([id, { Type, Properties }]) =>
      Object.keys(Properties).flatMap((property) =>
        property.endsWith('Name') && !namesOthers.has(`${Type} ${property}`)
          ? [`${Type} ${id}: ${property}`]
          : [],
      ),
    );
    expect(named).toEqual([]);
  });

  it('has outputs for the release, tables, quota, secrets, topics, the dashboard, queues and parked queues', () => {
    expect(Object.keys(template.findOutputs('*')).toSorted()).toEqual([
      'ClientSecretNamePrefix',
      'Concurrency',
      'ControlTableName',
      'DashboardName',
      'DeliveryParkedQueueUrl',
      'DeliveryQueueUrl',
      'EndpointSecretNamePrefix',
      'EngagementParkedQueueUrl',
      'EngagementQueueUrl',
      'FanOutParkedQueueUrl',
      'FanOutQueueUrl',
      'InvitationParkedQueueUrl',
      'InvitationQueueUrl',
      'KeptQueueUrl',
      'NoticeAlarmsTopicArn',
      'OperatePolicyArn',
      'OpportunityParkedQueueUrl',
      'OpportunityQueueUrl',
      'QuarantineParkedQueueUrl',
      'QuarantineQueueUrl',
      'ReadRecordsPolicyArn',
      'ReadsPerDay',
      'ReadsPerSecond',
      'ReconcileFunctionName',
      'RecordsTableName',
      'Release',
      'UrgentAlarmsTopicArn',
      'WebhooksTableName',
      // The CDK prints outputs by name: what to do next is the end of its output.
      'WhatNext',
    ]);
    template.hasOutput('EndpointSecretNamePrefix', { Value: 'PartnerCentralRelay/endpoints/' });
    template.hasOutput('ClientSecretNamePrefix', { Value: 'PartnerCentralRelay/clients/' });
  });

  it.each([
    ['eu-west-1', 'is eu-west-1'],
    [undefined, 'is only known at deployment'],
  ])('is refused in region %s, with the name of the region and the reason', (region, named) => {
    const refused = new RegExp(
      `must be in us-east-1, but its env.region ${named}\\. .* only to the default bus`,
    );
    expect(() => synthesize({ env: { region } })).toThrow(refused);
    expect(() => synthesize({ stage: { region } })).toThrow(refused);
  });
});

function propertiesOf(stack: ReturnType<typeof synthesize>, path: string) {
  const id = stack.logicalId(path);
  const found = stack.resources.find(([name]) => name === id);
  if (!found) throw new Error(`There is no ${path} in the template`);
  return found[1].Properties;
}
