import { Annotations, Duration } from 'aws-cdk-lib';
import { Dashboard } from 'aws-cdk-lib/aws-cloudwatch';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import type { RelayConfig } from '../../config.ts';
import { buildActivityRows } from './activity-rows.ts';
import { AlarmGroup } from './alarm-group.ts';
import { buildBacklogRows } from './backlog-rows.ts';
import { addNoticeCommandAlarms, addUrgentCommandAlarms } from './command-alarms.ts';
import { buildCommandRows } from './command-rows.ts';
import { buildCostRows } from './cost-rows.ts';
import { addExportAlarms } from './export-alarms.ts';
import { buildExportRows } from './export-rows.ts';
import { buildFailureRows } from './failure-rows.ts';
import type { MonitoredResources } from './monitored-resources.ts';
import { addNoticeAlarms } from './notice-alarms.ts';
import { deriveRunbookUrl, missingRunbookWarning } from './runbook-link.ts';
import { addUrgentAlarms } from './urgent-alarms.ts';

/** `cdk synth` prints this warning once. */
const noSubscriptionWarning =
  'Nothing subscribes to the alarms. Set relay:alarmEmail to an address that gets them, or to none if you subscribe to the topics in the outputs yourself.';

export interface MonitoringProps extends MonitoredResources {
  readonly config: RelayConfig;
  /** @default keys of AWS */
  readonly key?: IKey | undefined;
}

/**
 * Two groups of alarms, each with a topic, and a dashboard that answers four questions from top to
 * bottom.
 */
export class Monitoring extends Construct {
  /** Topic of alarms that an operator has to act on today. */
  readonly urgent: ITopic;
  /** Topic of alarms that can wait for working hours. */
  readonly notice: ITopic;
  /** Undefined if `relay:dashboard` is `no`. */
  readonly dashboardName: string | undefined;

  constructor(scope: Construct, id: string, props: MonitoringProps) {
    super(scope, id);
    const { alarmEmail, okActions, readsPerDay, runbookUrl = deriveRunbookUrl() } = props.config;
    if (runbookUrl === undefined)
      Annotations.of(this).addWarningV2('relay:runbookUrl', missingRunbookWarning);
    if (alarmEmail === undefined)
      Annotations.of(this).addWarningV2('relay:alarmEmail', noSubscriptionWarning);
    const email = alarmEmail === 'none' ? undefined : alarmEmail;
    const group = { email, runbookUrl, okActions, key: props.key };
    const urgent = new AlarmGroup(this, 'Urgent', group);
    const notice = new AlarmGroup(this, 'Notice', group);
    addUrgentAlarms(urgent, props);
    addNoticeAlarms(notice, props, props.config);
    if (props.commands) {
      addUrgentCommandAlarms(urgent, props.commands);
      addNoticeCommandAlarms(notice, props.commands, props.config);
    }
    if (props.recordExport) addExportAlarms(notice, props.recordExport);
    this.urgent = urgent.topic;
    this.notice = notice.topic;
    if (!props.config.dashboard) return;
    const dashboard = new Dashboard(this, 'Dashboard', {
      defaultInterval: Duration.days(1),
      widgets: [
        ...buildActivityRows(props, [...urgent.alarms, ...notice.alarms], runbookUrl),
        ...buildBacklogRows(props),
        ...(props.commands ? buildCommandRows(props.commands, props.config) : []),
        ...(props.recordExport ? buildExportRows(props.recordExport) : []),
        ...buildFailureRows(props),
        ...buildCostRows(props, readsPerDay),
      ],
    });
    this.dashboardName = dashboard.dashboardName;
  }
}
