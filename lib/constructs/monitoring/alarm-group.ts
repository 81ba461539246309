import { ArnFormat, Stack, Validations } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, type IMetric, type TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { type ITopic, Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';

export interface AlarmGroupProps {
  /** @default nobody: the topic is there to be subscribed to */
  readonly email?: string;
}

export interface RelayAlarmProps {
  readonly metric: IMetric;
  readonly threshold: { readonly above: number } | { readonly below: number };
  /** What it means that there is no value. */
  readonly treatMissingData: TreatMissingData;
  /** Of the last `of` periods, in how many it must be so. @default one of one */
  readonly again?: { readonly in: number; readonly of: number };
  /** One sentence for whoever is woken by it. */
  readonly meaning: string;
}

/** Alarms that are equally grave, and the topic that tells of them. The id of an alarm is a heading of the README. */
export class AlarmGroup extends Construct {
  readonly topic: ITopic;
  readonly #alarms: Alarm[] = [];

  constructor(scope: Construct, id: string, { email }: AlarmGroupProps) {
    super(scope, id);
    // Not encrypted by a key of its own: with AWS's key CloudWatch may not publish, and what is told names no customer.
    this.topic = new Topic(this, 'Topic', { enforceSSL: true });
    this.topic.addToResourcePolicy(this.#alarmsMayPublish());
    if (email === undefined) return;
    this.topic.addSubscription(new EmailSubscription(email));
    Validations.of(this.topic).acknowledge({
      id: 'Serverless-SNSRedrivePolicy',
      reason: 'An e-mail that SNS cannot deliver is lost; the alarm stays to be seen on the dashboard',
    });
  }

  get alarms(): readonly Alarm[] {
    return this.#alarms;
  }

  addAlarm(
    id: string,
    {
      metric,
      threshold: goesOff,
      treatMissingData: missing,
      again = { in: 1, of: 1 },
      meaning: means,
    }: RelayAlarmProps,
  ): void {
    const [threshold, comparisonOperator] =
      'above' in goesOff
        ? [goesOff.above, ComparisonOperator.GREATER_THAN_THRESHOLD]
        : [goesOff.below, ComparisonOperator.LESS_THAN_THRESHOLD];
    const alarm = new Alarm(this, id, {
      metric,
      threshold,
      comparisonOperator,
      evaluationPeriods: again.of,
      datapointsToAlarm: again.in,
      treatMissingData: missing,
      alarmDescription: `${means} What to do: README.md#${id.toLowerCase()}`,
    });
    alarm.addAlarmAction(new SnsAction(this.topic));
    this.#alarms.push(alarm);
  }

  /** A topic that has a policy of its own has lost the one that let its account publish. */
  #alarmsMayPublish(): PolicyStatement {
    const { account } = Stack.of(this);
    const alarms = Stack.of(this).formatArn({
      service: 'cloudwatch',
      resource: 'alarm',
      resourceName: '*',
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
    return new PolicyStatement({
      principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
      actions: ['sns:Publish'],
      resources: [this.topic.topicArn],
      conditions: {
        StringEquals: { 'aws:SourceAccount': account },
        ArnLike: { 'aws:SourceArn': alarms },
      },
    });
  }
}
