import { Duration } from 'aws-cdk-lib';
import { Dashboard } from 'aws-cdk-lib/aws-cloudwatch';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import type { RelayConfig } from '../../config.ts';
import { aliveRows } from './alive-rows.ts';
import { costRows } from './cost-rows.ts';
import { failingRows } from './failing-rows.ts';
import { lateRows } from './late-rows.ts';
import { addNoticeAlarms } from './notice-alarms.ts';
import { Severity } from './severity.ts';
import { addUrgentAlarms } from './urgent-alarms.ts';
import type { Watched } from './watched.ts';

export interface MonitoringProps extends Watched {
  readonly config: RelayConfig;
}

/** What people see of a deployment: two topics of alarms, and a dashboard that answers four questions from top to bottom. */
export class Monitoring extends Construct {
  /** Tells what somebody has to act on today. */
  readonly urgent: ITopic;
  /** Tells what can wait. */
  readonly notice: ITopic;
  readonly dashboardName: string;

  constructor(scope: Construct, id: string, props: MonitoringProps) {
    super(scope, id);
    const { alarmEmail: email, readsPerDay } = props.config;
    const urgent = new Severity(this, 'Urgent', { email });
    const notice = new Severity(this, 'Notice', { email });
    addUrgentAlarms(urgent, props);
    addNoticeAlarms(notice, props, props.config);
    const dashboard = new Dashboard(this, 'Dashboard', {
      defaultInterval: Duration.days(1),
      widgets: [
        ...aliveRows(props, [...urgent.alarms, ...notice.alarms]),
        ...lateRows(props),
        ...failingRows(props),
        ...costRows(props, readsPerDay),
      ],
    });
    this.urgent = urgent.topic;
    this.notice = notice.topic;
    this.dashboardName = dashboard.dashboardName;
  }
}
