import { cdkCommand } from '../cdk-command.ts';
import type { AlarmTopic, StackAlarm } from '../stores/stack-parts.ts';
import type { Check, Finding } from './finding.ts';

type Found = Omit<Finding, 'check'>;

export const alarmStates: Check = {
  name: 'alarms',
  async run({ relay, parts }) {
    const alarms = await parts.alarms();
    const found = alarms.flatMap((alarm) => alarmFindings(alarm, relay.stackName));
    if (found.length > 0) return found;
    return [{ level: 'ok', found: `No alarm of ${alarms.length} is raised.` }];
  },
};

function alarmFindings(alarm: StackAlarm, stackName: string): readonly Found[] {
  const { name, state, since, description, notifies, isUrgent } = alarm;
  const redeploy = `\`${cdkCommand('deploy --revert-drift', stackName)}\``;
  if (state === 'missing')
    return [
      {
        level: 'problem',
        found: `The alarm ${name} was deleted.`,
        advice: `Create it again: ${redeploy}.`,
      },
    ];
  if (state === 'ALARM') {
    const at = since === undefined ? '' : ` since ${since.toISOString()}`;
    return [
      {
        level: isUrgent ? 'problem' : 'warning',
        found: `The alarm ${name} is raised${at}. ${description ?? ''}`.trimEnd(),
        advice: `Follow the runbook. How often it was raised: \`aws cloudwatch describe-alarm-history --region us-east-1 --alarm-name ${name} --history-item-type StateUpdate\`.`,
      },
    ];
  }
  if (notifies) return [];
  return [
    {
      level: 'warning',
      found: `The alarm ${name} notifies no topic when it is raised.`,
      advice: `Let it notify again: \`aws cloudwatch enable-alarm-actions --region us-east-1 --alarm-names ${name}\`. If it has no action: ${redeploy}.`,
    },
  ];
}

export const alarmTopics: Check = {
  name: 'notifications',
  async run({ parts }) {
    const found = (await parts.topics()).flatMap(topicFindings);
    if (found.length > 0) return found;
    return [{ level: 'ok', found: 'Both alarm topics have a confirmed subscription.' }];
  },
};

function topicFindings({ arn, severity, confirmed, pending }: AlarmTopic): readonly Found[] {
  if (confirmed > 0) return [];
  if (pending > 0)
    return [
      {
        level: 'warning',
        found: `The ${severity} alarms reach no person: the subscription of their topic is not confirmed.`,
        advice: `Follow the link in the mail of AWS. To see the addresses: \`aws sns list-subscriptions-by-topic --region us-east-1 --topic-arn ${arn}\`.`,
      },
    ];
  return [
    {
      level: 'warning',
      found: `The ${severity} alarms reach no person: their topic has no subscription.`,
      advice: `Subscribe, with your address: \`aws sns subscribe --region us-east-1 --topic-arn ${arn} --protocol email --notification-endpoint alarms@example.com\`.`,
    },
  ];
}
