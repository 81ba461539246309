import { CloudWatchClient, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import {
  DescribeRuleCommand,
  EventBridgeClient,
  ListRuleNamesByTargetCommand,
} from '@aws-sdk/client-eventbridge';
import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { dayMs } from '../../../lambdas/quota/ledger.ts';
import { cdkCommand } from '../cdk-command.ts';
import { counted } from '../output.ts';
import { parkedQueueOf } from '../parked/parked-queues.ts';
import type { Relay } from '../relay.ts';
import type { Check, CheckContext, Finding } from './finding.ts';

/** Queues that are targets of rules on the default bus. */
const eventQueues = ['opportunity', 'invitation', 'engagement', 'quarantine'] as const;

/** Finds rules by their target: CloudFormation generates, and may truncate, their names. */
async function ruleNamesTo(name: (typeof eventQueues)[number], relay: Relay): Promise<readonly string[]> {
  const { queue } = parkedQueueOf(name, relay);
  const command = new GetQueueAttributesCommand({ QueueUrl: queue, AttributeNames: ['QueueArn'] });
  const { Attributes } = await relay.clients.sqs.send(command);
  const events = new EventBridgeClient(relay.clientSettings);
  const { RuleNames = [] } = await events.send(
    new ListRuleNamesByTargetCommand({ TargetArn: Attributes?.['QueueArn'] }),
  );
  return RuleNames;
}

export const rulesEnabled: Check = {
  name: 'rules',
  async run({ relay }) {
    const events = new EventBridgeClient(relay.clientSettings);
    const found = await Promise.all(
      eventQueues.map(async (name): Promise<readonly Omit<Finding, 'check'>[]> => {
        const names = await ruleNamesTo(name, relay);
        if (names.length === 0)
          return [
            {
              level: 'problem',
              found: `No rule of the default bus feeds the queue ${name}.`,
              advice: `Deploy the stack again: \`${cdkCommand('deploy', relay.stackName)}\`.`,
            },
          ];
        const rules = await Promise.all(names.map((Name) => events.send(new DescribeRuleCommand({ Name }))));
        return rules.flatMap(({ Name = '', State = 'ENABLED' }) =>
          State.startsWith('ENABLED') ? [] : disabled(Name),
        );
      }),
    );
    const problems = found.flat();
    if (problems.length > 0) return problems;
    return [{ level: 'ok', found: 'The rules on the default bus are enabled.' }];
  },
};

function disabled(name: string): readonly Omit<Finding, 'check'>[] {
  return [
    {
      level: 'problem',
      found: `The rule ${name} is disabled: its events are lost until \`reconcile\` finds the changes.`,
      advice: `Enable it: \`aws events enable-rule --region us-east-1 --name ${name}\`.`,
    },
  ];
}

/** Long enough that every partner has a change in this time. */
const lookBackDays = 7;

export const eventsMatched: Check = {
  name: 'events',
  async run({ relay, io }: CheckContext) {
    const names = (await Promise.all(eventQueues.map((name) => ruleNamesTo(name, relay)))).flat();
    const now = io.clock.nowMs();
    const metrics = new CloudWatchClient(relay.clientSettings);
    const { MetricDataResults = [] } = await metrics.send(
      new GetMetricDataCommand({
        StartTime: new Date(now - lookBackDays * dayMs),
        EndTime: new Date(now),
        MetricDataQueries: [...new Set(names)].map((Value, index) => {
          const Dimensions = [{ Name: 'RuleName', Value }];
          const Metric = { Namespace: 'AWS/Events', MetricName: 'MatchedEvents', Dimensions };
          return { Id: `rule${index}`, MetricStat: { Metric, Period: dayMs / 1_000, Stat: 'Sum' } };
        }),
      }),
    );
    const matched = MetricDataResults.flatMap(({ Values = [] }) => Values).reduce(
      (sum, each) => sum + each,
      0,
    );
    if (matched > 0)
      return [
        { level: 'ok', found: `${counted(matched, 'event')} of Partner Central in ${lookBackDays} days.` },
      ];
    return [
      {
        level: 'warning',
        found: `No event of Partner Central in ${lookBackDays} days; only \`reconcile\` finds the changes.`,
        advice:
          'Enable event notifications in Partner Central, in the settings of the linked account, and make sure that this is the linked account.',
      },
    ];
  },
};
