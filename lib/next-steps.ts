import type { Stack } from 'aws-cdk-lib';
import type { ITopic } from 'aws-cdk-lib/aws-sns';

/** Says what an operator does after a deployment. The CDK prints outputs by name, this one last. */
export function describeNextSteps(stack: Stack, urgent: ITopic, alarmEmail: string | undefined): string {
  const address = alarmEmail === undefined || alarmEmail === 'none' ? 'alarms@example.com' : alarmEmail;
  const subscribe = `aws sns subscribe --region ${stack.region} --topic-arn ${urgent.topicArn} --protocol email --notification-endpoint ${address}`;
  return [
    'after a deployment:',
    `npx partner-central-relay doctor --stack ${stack.stackName}`,
    `npx partner-central-relay endpoints add --stack ${stack.stackName} --id ep_crm --url https://crm.example.com/hooks --topic 'opportunity.*'`,
    address === alarmEmail ? `confirm the subscriptions in the mails to ${address}` : subscribe,
  ].join('\n  ');
}
