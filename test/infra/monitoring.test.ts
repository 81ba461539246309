import { Match } from 'aws-cdk-lib/assertions';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { deriveRunbookUrl } from '../../lib/constructs/monitoring/runbook-link.ts';
import { getName, isNode, readSourceFiles } from '../architecture/source-files.ts';
import { commandFunctions, doorFunctions, exportFunctions, functions } from './functions.ts';
import { type Properties, synthesize } from './synthesized-stack.ts';

/** With commands and exports, which add alarms and graphs. */
const withCommands = { commands: 'opportunity.update', exportHours: 24 };
const deployed = synthesize({ settings: withCommands });
const withDoor = synthesize({ settings: { ...withCommands, signedCommands: true } });
const withoutCommands = synthesize();
const { template, logicalId, ofType } = deployed;

const hydrationQueues = ['Hydration/Opportunities', 'Hydration/Invitations', 'Hydration/Engagements'];
/** Work queues by the names of their alarms. */
const parkedQueues = {
  ParkedOpportunity: 'Hydration/Opportunities',
  ParkedInvitation: 'Hydration/Invitations',
  ParkedEngagement: 'Hydration/Engagements',
  ParkedQuarantine: 'Quarantine/Events',
  ParkedFanOut: 'WebhookDelivery/FanOutDoorbell',
  ParkedDelivery: 'WebhookDelivery/DeliveryDoorbell',
} as const;
const rules = ['Opportunities', 'Invitations', 'Engagements', 'OtherEvents'];

/** Refers to a resource of the template in the value of a dimension. */
const at = (path: string) => `<${logicalId(path)}>`;
/** A metric of our own, with the stack as its only dimension. */
const own = (metric: string) => `PartnerCentralRelay ${metric} stack=PartnerCentralRelay`;

/** Each alarm with its metrics, its threshold and its treatment of missing values. */
const alarms: readonly [path: string, metrics: readonly string[], expected: Properties][] = [
  ...Object.entries(parkedQueues).map(([name, queue]): (typeof alarms)[number] => [
    `Urgent/${name}`,
    [`AWS/SQS ApproximateNumberOfMessagesVisible Maximum QueueName=${at(`${queue}/Parked`)}`],
    above(0, 'notBreaching', 300),
  ]),
  [
    'Urgent/RulesUndelivered',
    // What a rule sends to a parked queue is in the alarm of that queue.
    rules.map(
      (rule) => `AWS/Events InvocationsFailedToBeSentToDlq Sum RuleName=${at(`EventIntake/${rule}`)}`,
    ),
    above(0, 'notBreaching', 300),
  ],
  [
    'Urgent/WorkTooOld',
    [
      own('OldestWorkAge Maximum'),
      ...hydrationQueues.map(
        (queue) => `AWS/SQS ApproximateAgeOfOldestMessage Maximum QueueName=${at(`${queue}/Queue`)}`,
      ),
    ],
    { ...above(3_600, 'notBreaching', 1_200), EvaluationPeriods: 2, DatapointsToAlarm: 2 },
  ],
  [
    'Urgent/StreamBehind',
    [`AWS/Lambda IteratorAge Maximum FunctionName=${at('WebhookDelivery/FanOut/Function')}`],
    above(15 * 60 * 1_000, 'notBreaching', 300),
  ],
  ...(
    [
      ['SweepStopped', 'WebhookDelivery/Sweep'],
      ['ReconcileStopped', 'Reconciliation/Reconcile'],
    ] as const
  ).map(([name, path]): (typeof alarms)[number] => [
    `Urgent/${name}`,
    [`AWS/Lambda Invocations Sum FunctionName=${at(`${path}/Function`)}`],
    {
      ...above(1, 'breaching', 300),
      ComparisonOperator: 'LessThanThreshold',
      EvaluationPeriods: 3,
      DatapointsToAlarm: 3,
    },
  ]),
  [
    'Urgent/FunctionErrors',
    [
      `AWS/Lambda Errors Sum FunctionName=${at('WebhookDelivery/Sweep/Function')}`,
      `AWS/Lambda Errors Sum FunctionName=${at('Reconciliation/Reconcile/Function')}`,
      `AWS/Lambda Errors Sum FunctionName=${at('RecordExport/Export/Function')}`,
      own('RequestsFailed Sum'),
      own('DeliveriesUnprepared Sum'),
    ],
    { ...above(0, 'notBreaching', 300), EvaluationPeriods: 3, DatapointsToAlarm: 2 },
  ],
  ['Urgent/RefusedByPartnerCentral', [own('ReadsRefused Sum')], above(0, 'notBreaching', 3_600)],
  ['Urgent/EndpointDisabled', [own('EndpointsDisabled Sum')], above(0, 'notBreaching', 300)],
  ['Notice/Drift', [own('RecordsRepaired Sum')], above(0, 'notBreaching', 3_600)],
  [
    'Notice/Silence',
    [own('Silence Sum')],
    { ...above(0, 'notBreaching', 3_600), EvaluationPeriods: 2, DatapointsToAlarm: 1 },
  ],
  [
    'Notice/QuotaNearlyUsed',
    [own('ReadsUsedOfDay Maximum')],
    { ...above(80_000, 'notBreaching', 3_600), EvaluationPeriods: 24, DatapointsToAlarm: 1 },
  ],
  ['Notice/RowsUnreadable', [own('RowsUnreadable Sum')], above(0, 'notBreaching', 3_600)],
  ['Notice/TimestampsUnreadable', [own('TimestampsUnreadable Sum')], above(0, 'notBreaching', 3_600)],
  ['Notice/DetailTypeDiscovered', [own('DetailTypesDiscovered Sum')], above(0, 'notBreaching', 300)],
  ['Notice/ExportLate', [own('ExportAge Maximum')], above(0, 'notBreaching', 300)],
  [
    'Urgent/ParkedAct',
    [`AWS/SQS ApproximateNumberOfMessagesVisible Maximum QueueName=${at('ActDoorbell/Parked')}`],
    above(0, 'notBreaching', 300),
  ],
  [
    'Urgent/CommandTooOld',
    [own('CommandAge Maximum')],
    { ...above(3_600, 'notBreaching', 1_200), EvaluationPeriods: 2, DatapointsToAlarm: 2 },
  ],
  ['Urgent/CommandsDenied', [own('CommandsDenied Sum')], above(0, 'notBreaching', 3_600)],
  ['Urgent/ReviewStatusRegressed', [own('ReviewStatusRegressed Sum')], above(0, 'notBreaching', 3_600)],
  ['Notice/CommandsFailed', [own('CommandsFailed Sum')], above(0, 'notBreaching', 3_600)],
  ['Notice/WritesNearlyUsed', [own('WritesUsedOfDay Maximum')], above(8_000, 'notBreaching', 3_600)],
];
/** The alarms that only a stack with commands or exports has. */
const ofCommands = alarms.slice(-7).map(([path]) => path);

describe('the alarms', () => {
  it('are exactly these, each with a topic, a sentence and a place in the runbook', () => {
    const found = ofType('AWS::CloudWatch::Alarm').map(([id]) => id);
    expect(found.toSorted()).toEqual(alarms.map(([path]) => logicalId(`Monitoring/${path}`)).toSorted());
    for (const [path] of alarms) {
      const [severity = '', name = ''] = path.split('/');
      expect(alarm(path)).toMatchObject({
        AlarmActions: [{ Ref: logicalId(`Monitoring/${severity}/Topic`) }],
        AlarmDescription: expect.stringMatching(
          new RegExp(`^[^.]{30,}\\. What to do: section ${name} of docs/runbook\\.md \\(`),
        ),
      });
    }
  });

  it.each(alarms)(
    '%s fires on exactly these metrics and thresholds',
    (path, metrics, { Period, ...expected }) => {
      const properties = alarm(path);
      expect(properties).toMatchObject(expected);
      const metricsOfAlarm = readMetrics(properties);
      expect(metricsOfAlarm.map(({ name }) => name).toSorted()).toEqual(metrics.toSorted());
      // CloudWatch's limit for one alarm.
      expect(metricsOfAlarm.length).toBeLessThanOrEqual(10);
      expect(new Set(metricsOfAlarm.map(({ period }) => period))).toEqual(new Set([Period]));
    },
  );

  it.each(alarms.filter(([, metrics]) => metrics.length > 1))(
    '%s treats a missing value of one metric as 0, so that the others still count',
    (path, metrics) => {
      const { Metrics } = v.parse(several, alarm(path));
      const ids = Metrics.flatMap(({ Id, MetricStat }) => (MetricStat ? [Id] : []));
      const how = path.endsWith('WorkTooOld') ? 'MAX' : 'SUM';
      expect(new Set(ids).size).toBe(metrics.length);
      expect(Metrics.flatMap(({ Expression = [] }) => Expression)).toEqual([
        `${how}([${ids.map((id) => `FILL(${id}, 0)`).join(', ')}])`,
      ]);
    },
  );

  it('see requests that fail at either door in one metric, which the access logs of both doors count', () => {
    const stack = { env: {}, settings: { ...withCommands, signedCommands: true, stackName: 'SandboxRelay' } };
    const other = synthesize(stack);
    const filters = other.ofType('AWS::Logs::MetricFilter').map(([, properties]) => properties);
    expect(filters).toEqual(
      ['Commands/Api/Logs', 'Commands/Door/Api/Logs'].map((log) => ({
        LogGroupName: { Ref: other.logicalId(log) },
        FilterPattern: '{ $.status = "500" }',
        MetricTransformations: [
          {
            MetricNamespace: 'PartnerCentralRelay',
            MetricName: 'RequestsFailed',
            MetricValue: '1',
            Dimensions: [{ Key: 'stack', Value: '$.stack' }],
          },
        ],
      })),
    );
    // The dimension of the alarm is the member of the log line that the filter reads.
    for (const [, { AccessLogSettings }] of other.ofType('AWS::ApiGatewayV2::Stage')) {
      const { Format } = v.parse(v.object({ Format: v.string() }), AccessLogSettings);
      expect(JSON.parse(Format)).toMatchObject({ stack: 'SandboxRelay', status: '$context.status' });
    }
    const watched = readMetrics(alarm('Urgent/FunctionErrors', other)).map(({ name }) => name);
    expect(watched).toContain('PartnerCentralRelay RequestsFailed Sum stack=SandboxRelay');
  });

  it('are seven fewer in a stack without commands and exports', () => {
    const found = withoutCommands.ofType('AWS::CloudWatch::Alarm').map(([id]) => id);
    const expected = alarms.map(([path]) => path).filter((path) => !ofCommands.includes(path));
    expect(found.toSorted()).toEqual(
      expected.map((path) => withoutCommands.logicalId(`Monitoring/${path}`)).toSorted(),
    );
  });

  it.each([
    [28, 'without', withoutCommands],
    [37, 'with', deployed],
  ])('watch at most %i metrics in all %s commands and exports, because AWS bills each', (most, _, stack) => {
    const watched = stack
      .ofType('AWS::CloudWatch::Alarm')
      .flatMap(([, properties]) => readMetrics(properties));
    expect(watched.length).toBeLessThanOrEqual(most);
  });

  it('notify their topic when they end, unless the setting says no', () => {
    const silent = synthesize({ settings: { ...withCommands, okActions: 'no' } });
    for (const [path] of alarms) {
      expect(alarm(path)['OKActions']).toEqual(alarm(path)['AlarmActions']);
      expect(alarm(path, silent)).not.toHaveProperty('OKActions');
    }
  });

  it('watch other metrics in a second stack of the account', () => {
    const other = synthesize({ settings: { ...withCommands, stackName: 'SandboxRelay' } });
    for (const [path, metrics] of alarms.filter(([, [first = '']]) =>
      first.startsWith('PartnerCentralRelay'),
    ))
      expect(readMetrics(alarm(path, other)).map(({ name }) => name)).toEqual(
        metrics.map((metric) => metric.replace('stack=PartnerCentralRelay', 'stack=SandboxRelay')),
      );
  });

  it('link to their section of the runbook if its URL is known', () => {
    const runbookUrl = 'https://wiki.example.com/relay/runbook';
    const linked = synthesize({ settings: { ...withCommands, runbookUrl } });
    for (const [path] of alarms) {
      const name = path.replace(/^.*\//, '').toLowerCase();
      expect(alarm(path, linked)['AlarmDescription']).toMatch(
        new RegExp(` What to do: ${runbookUrl}#${name}$`),
      );
    }
    expect(dashboard(linked).text).toContain(runbookUrl);
  });

  it.each([
    [{}, 1],
    [{ runbookUrl: 'https://wiki.example.com/runbook' }, 0],
  ])(
    'given the settings %j make synth warn %i times about the missing URL of the runbook',
    (settings, times) => {
      expect(
        synthesize({ settings }).warnings.filter((text) => text.includes('relay:runbookUrl')),
      ).toHaveLength(times);
    },
  );

  it('take thresholds and periods from the settings', () => {
    const chosen = synthesize({
      settings: { ...withCommands, readsPerDay: 5_000, writesPerDay: 2_000, reconcileMinutes: 1_440 },
    });
    expect(alarm('Notice/WritesNearlyUsed', chosen)).toMatchObject({ Threshold: 1_600 });
    expect(alarm('Notice/QuotaNearlyUsed', chosen)).toMatchObject({ Threshold: 4_000 });
    expect(alarm('Notice/Silence', chosen)).toMatchObject({ EvaluationPeriods: 25, DatapointsToAlarm: 1 });
  });
});

describe('deriveRunbookUrl', () => {
  const page = 'https://github.com/example/relay/blob/HEAD/docs/runbook.md';

  it.each([
    ['github:example/relay', page],
    ['example/relay', page],
    ['https://github.com/example/relay.git', page],
    [{ type: 'git', url: 'git+https://github.com/example/relay.git' }, page],
    ['git@github.com:example/relay.git', undefined],
    [undefined, undefined],
  ])('derives from the repository %j of package.json the page %s', (repository, expected) => {
    expect(deriveRunbookUrl({ name: 'relay', repository })).toBe(expected);
  });
});

describe('the topics of alarms', () => {
  it.each(['Urgent', 'Notice'])(
    '%s accepts messages from alarms of its own account only, over TLS',
    (severity) => {
      const Resource = { Ref: logicalId(`Monitoring/${severity}/Topic`) };
      template.hasResourceProperties('AWS::SNS::TopicPolicy', {
        Topics: [Resource],
        PolicyDocument: {
          Statement: [
            Match.objectLike({
              Effect: 'Deny',
              Action: 'sns:Publish',
              Principal: '*',
              Resource,
              Condition: { Bool: { 'aws:SecureTransport': 'false' } },
            }),
            Match.objectLike({
              Effect: 'Allow',
              Action: 'sns:Publish',
              Principal: { Service: 'cloudwatch.amazonaws.com' },
              Resource,
              Condition: {
                StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } },
                ArnLike: {
                  'aws:SourceArn': {
                    'Fn::Join': [
                      '',
                      ['arn:aws:cloudwatch:us-east-1:', { Ref: 'AWS::AccountId' }, ':alarm:*'],
                    ],
                  },
                },
              },
            }),
          ],
        },
      });
    },
  );

  it.each([
    ['one warning without relay:alarmEmail', {}, 1],
    ['no warning with an address', { alarmEmail: 'oncall@example.com' }, 0],
    ['no warning with none', { alarmEmail: 'none' }, 0],
  ] as const)('have %s', (_what, settings, many) => {
    const warnings = synthesize({ settings }).warnings.filter((text) => text.includes('relay:alarmEmail'));
    expect(warnings).toHaveLength(many);
  });

  it('have an e-mail subscription only if an address was set', () => {
    template.resourceCountIs('AWS::SNS::Subscription', 0);
    const none = synthesize({ settings: { alarmEmail: 'none' } });
    none.template.resourceCountIs('AWS::SNS::Subscription', 0);
    const chosen = synthesize({ settings: { alarmEmail: 'oncall@example.com' } });
    const subscriptions = chosen.ofType('AWS::SNS::Subscription').map(([, properties]) => properties);
    expect(subscriptions).toEqual(
      ['Urgent', 'Notice'].map((severity) => ({
        Protocol: 'email',
        Endpoint: 'oncall@example.com',
        TopicArn: { Ref: chosen.logicalId(`Monitoring/${severity}/Topic`) },
      })),
    );
  });
});

describe('the dashboard', () => {
  const { widgets, text } = dashboard();

  it('is left out if the setting says no, with its output', () => {
    const { template: without } = synthesize({ settings: { dashboard: 'no' } });
    without.resourceCountIs('AWS::CloudWatch::Dashboard', 0);
    expect(without.findOutputs('DashboardName')).toEqual({});
    expect(template.findOutputs('DashboardName')).toHaveProperty('DashboardName');
  });

  it.each([
    ['four questions', withoutCommands, []],
    [
      'six questions, with commands and exports',
      deployed,
      ['## What do clients change?', '## Is the export up to date?'],
    ],
  ])('answers %s from top to bottom', (_, stack, ofClients) => {
    const asked = dashboard(stack).widgets.flatMap(({ properties: { markdown = [] } }) => markdown);
    expect(asked.map((markdown) => markdown.split('\n')[0])).toEqual([
      '## Is it alive?',
      '## Is anything lost or late?',
      ...ofClients,
      '## Who is failing?',
      '## What does it cost?',
    ]);
  });

  it('displays every metric that a function sends, because AWS bills each metric', () => {
    const emitted = [...functions, ...commandFunctions, ...doorFunctions, ...exportFunctions].flatMap(
      ({ contract: { metrics, levels = {} } }) =>
        [...metrics, ...Object.keys(levels)].map((metric) => `"${metric}","stack","PartnerCentralRelay"`),
    );
    expect(new Set(emitted).size).toBeGreaterThan(30);
    const ofAll = dashboard(withDoor).text;
    expect(emitted.filter((metric) => !ofAll.includes(metric))).toEqual([]);
  });

  it('displays the function and the access log of the signed door', () => {
    const door = withDoor.logicalId('Commands/Door/Door/Function');
    expect(dashboard(withDoor).text).toContain(`<${door}>`);
    expect(dashboard(withDoor).text).toContain(`<${withDoor.logicalId('Commands/Door/Api/Logs')}>`);
  });

  it('displays the requests that the doors have failed to answer', () => {
    expect(text).toContain('"RequestsFailed","stack","PartnerCentralRelay"');
  });

  it('displays every alarm, function, queue, parked queue, table and log', () => {
    const displayed = [
      'CloudWatch::Alarm',
      'Lambda::Function',
      'SQS::Queue',
      'DynamoDB::GlobalTable',
      'Logs::LogGroup',
    ];
    const ids = displayed.flatMap((type) => ofType(`AWS::${type}`).map(([id]) => id));
    expect(ids.length).toBeGreaterThan(40);
    expect(ids.filter((id) => !text.includes(`<${id}>`))).toEqual([]);
  });

  it('has no overlapping widgets, and none beyond the edge', () => {
    const taken = widgets.flatMap(({ x, y, width, height }) => {
      expect(x + width).toBeLessThanOrEqual(24);
      return Array.from(
        { length: width * height },
        (_, cell) => `${x + (cell % width)},${y + Math.floor(cell / width)}`,
      );
    });
    expect(widgets.length).toBeGreaterThan(25);
    expect(new Set(taken).size).toBe(taken.length);
  });

  it.each([
    ['record.hydrated', 'detailType, outcome'],
    ['delivery.attempted', 'endpointId, outcome'],
    ['event.parked', 'message, code'],
    ['message.parked', 'message, code'],
    ['delivery.parked', 'message, code'],
    ['finding.refused', 'message, code'],
  ])('counts log lines of %s by the fields %s, which functions write', (line, fields) => {
    const asked = widgets
      .map(({ properties: { query = '' } }) => query)
      .filter((query) => query.includes(`'${line}'`));
    expect(asked).toContainEqual(expect.stringMatching(new RegExp(` by ${fields}\n`)));
    const written = fieldsOf(line);
    expect(written.length).toBeGreaterThan(0);
    // Powertools itself writes the field `message`.
    for (const each of written)
      expect(each).toEqual(expect.arrayContaining(fields.replace('message, ', '').split(', ')));
  });

  it('draws limits from the settings', () => {
    const chosen = dashboard(
      synthesize({ settings: { ...withCommands, readsPerDay: 5_000, writesPerDay: 2_000 } }),
    );
    const marks = chosen.widgets.flatMap(({ properties: { annotations } }) => annotations?.horizontal ?? []);
    expect(marks).toEqual([
      expect.objectContaining({ value: 3_600, label: 'WorkTooOld' }),
      expect.objectContaining({ value: 3_600, label: 'CommandTooOld' }),
      expect.objectContaining({ value: 2_000, label: 'relay:writesPerDay' }),
      expect.objectContaining({ value: 1_600, label: 'WritesNearlyUsed' }),
      expect.objectContaining({ value: 5_000, label: 'relay:readsPerDay' }),
      expect.objectContaining({ value: 4_000, label: 'QuotaNearlyUsed' }),
    ]);
  });
});

/** An alarm that fires as soon as one value is above the threshold. */
function above(Threshold: number, TreatMissingData: string, Period: number): Properties {
  return {
    Threshold,
    TreatMissingData,
    Period,
    ComparisonOperator: 'GreaterThanThreshold',
    EvaluationPeriods: 1,
  };
}

function alarm(path: string, stack = deployed): Properties {
  const id = stack.logicalId(`Monitoring/${path}`);
  const found = stack.ofType('AWS::CloudWatch::Alarm').find(([name]) => name === id);
  if (!found) throw new Error(`There is no alarm ${path}`);
  return found[1];
}

const several = v.object({
  Metrics: v.array(
    v.object({
      Id: v.string(),
      Expression: v.optional(v.string()),
      MetricStat: v.optional(
        v.object({
          Metric: v.object({
            Namespace: v.string(),
            MetricName: v.string(),
            Dimensions: v.array(v.object({ Name: v.string(), Value: v.unknown() })),
          }),
          Stat: v.string(),
          Period: v.number(),
        }),
      ),
    }),
  ),
});

/** The metrics of an alarm, each with its period in seconds. */
function readMetrics(properties: Properties): readonly { readonly name: string; readonly period: number }[] {
  const { Metrics } = v.parse(several, properties);
  return Metrics.flatMap(({ MetricStat }) => {
    if (!MetricStat) return [];
    const { Metric, Stat, Period } = MetricStat;
    const dimensions = Metric.Dimensions.map(({ Name, Value }) => `${Name}=${asText(Value)}`);
    return [{ name: [Metric.Namespace, Metric.MetricName, Stat, ...dimensions].join(' '), period: Period }];
  });
}

const intrinsic = v.union([
  v.pipe(
    v.object({ Ref: v.string() }),
    v.transform(({ Ref }) => Ref),
  ),
  v.pipe(
    v.object({ 'Fn::GetAtt': v.tuple([v.string(), v.string()]) }),
    v.transform(({ 'Fn::GetAtt': [id] }) => id),
  ),
]);

/** A text, or `<logical id>` of what the template refers to. */
function asText(value: unknown): string {
  return typeof value === 'string' ? value : `<${v.parse(intrinsic, value)}>`;
}

const body = v.object({
  widgets: v.array(
    v.object({
      x: v.number(),
      y: v.number(),
      width: v.number(),
      height: v.number(),
      properties: v.object({
        markdown: v.optional(v.string()),
        query: v.optional(v.string()),
        annotations: v.optional(v.object({ horizontal: v.optional(v.array(v.unknown())) })),
      }),
    }),
  ),
});

/** The dashboard as its text, and parsed. */
function dashboard(stack = deployed) {
  const [[, properties] = []] = stack.ofType('AWS::CloudWatch::Dashboard');
  const joined = v.object({
    DashboardBody: v.object({ 'Fn::Join': v.tuple([v.literal(''), v.array(v.unknown())]) }),
  });
  const text = v.parse(joined, properties).DashboardBody['Fn::Join'][1].map(asText).join('');
  return { text, widgets: v.parse(body, JSON.parse(text)).widgets };
}

/** The names of the fields of each line of this name that a function writes. */
function fieldsOf(line: string): readonly (readonly string[])[] {
  return readSourceFiles('lambdas').flatMap(({ nodes }) =>
    nodes.flatMap(({ type, arguments: given }) => {
      const [first, fields] = Array.isArray(given) ? given.filter(isNode) : [];
      if (type !== 'CallExpression' || getName(first) !== line || !Array.isArray(fields?.['properties']))
        return [];
      return [fields['properties'].filter(isNode).flatMap(({ key }) => getName(key) ?? [])];
    }),
  );
}
