import { ArnFormat, Stack, Validations } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, type IMetric, type TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { type ITopic, Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';
import { runbookSection } from './runbook-link.ts';

export interface AlarmGroupProps {
  /** Address that receives every alarm. @default none: the topic has no subscription */
  readonly email?: string;
  /** URL of the runbook page. @default none: descriptions name the file in the project */
  readonly runbookUrl?: string;
  /** @default none: CloudWatch cannot publish to a topic that uses AWS's own key */
  readonly key?: IKey | undefined;
  /** Whether the topic also gets a message when an alarm ends. */
  readonly okActions: boolean;
}

export interface RelayAlarmProps {
  readonly metric: IMetric;
  /** The alarm fires if the metric is above or below this value. */
  readonly threshold: { readonly above: number } | { readonly below: number };
  /** How CloudWatch treats a period without a value. */
  readonly treatMissingData: TreatMissingData;
  /**
   * Periods that are evaluated, and in how many of them the value must be breaching.
   * @default 1 of 1
   */
  readonly periods?: { readonly breaching: number; readonly evaluated: number };
  /** One sentence for the person who receives the alarm. */
  readonly meaning: string;
}

/**
 * Alarms of one severity and the topic that they notify. The id of each alarm is the title of its
 * section in the runbook.
 */
export class AlarmGroup extends Construct {
  readonly topic: ITopic;
  readonly #alarms: Alarm[] = [];
  readonly #runbookUrl: string | undefined;
  readonly #okActions: boolean;

  constructor(scope: Construct, id: string, { email, runbookUrl, key, okActions }: AlarmGroupProps) {
    super(scope, id);
    this.#runbookUrl = runbookUrl;
    this.#okActions = okActions;
    // Without a key, because alarms hold no customer data.
    this.topic = new Topic(this, 'Topic', { enforceSSL: true, ...(key && { masterKey: key }) });
    this.topic.addToResourcePolicy(this.#allowAlarmsToPublish());
    if (email === undefined) return;
    this.topic.addSubscription(new EmailSubscription(email));
    Validations.of(this.topic).acknowledge({
      id: 'Serverless-SNSRedrivePolicy',
      reason: 'If SNS cannot deliver an e-mail, the dashboard still displays the alarm',
    });
  }

  get alarms(): readonly Alarm[] {
    return this.#alarms;
  }

  addAlarm(id: string, props: RelayAlarmProps): void {
    const { metric, treatMissingData, periods = { breaching: 1, evaluated: 1 }, meaning } = props;
    const alarm = new Alarm(this, id, {
      metric,
      ...toComparison(props.threshold),
      evaluationPeriods: periods.evaluated,
      datapointsToAlarm: periods.breaching,
      treatMissingData,
      alarmDescription: `${meaning} What to do: ${runbookSection(this.#runbookUrl, id)}`,
    });
    alarm.addAlarmAction(new SnsAction(this.topic));
    if (this.#okActions) alarm.addOkAction(new SnsAction(this.topic));
    this.#alarms.push(alarm);
  }

  /** A topic policy replaces the default policy, which lets the account publish. */
  #allowAlarmsToPublish(): PolicyStatement {
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

function toComparison(threshold: RelayAlarmProps['threshold']) {
  return 'above' in threshold
    ? { threshold: threshold.above, comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD }
    : { threshold: threshold.below, comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD };
}
