import { fileURLToPath } from 'node:url';
import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import { Key } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import type { RelayConfig } from './config.ts';
import { actTimeout, Commands } from './constructs/commands.ts';
import { ControlTable } from './constructs/control-table.ts';
import { EventIntake } from './constructs/event-intake.ts';
import { Hydration } from './constructs/hydration.ts';
import { Monitoring } from './constructs/monitoring/monitoring.ts';
import { OperateRelay } from './constructs/operate-relay.ts';
import { Quarantine } from './constructs/quarantine.ts';
import { ReadRecords } from './constructs/read-records.ts';
import { Reconciliation } from './constructs/reconciliation.ts';
import { RecordExport } from './constructs/record-export.ts';
import { RecordStore } from './constructs/record-store.ts';
import { WebhookDelivery } from './constructs/webhook-delivery.ts';
import { WorkQueue } from './constructs/work-queue.ts';
import { describeNextSteps } from './next-steps.ts';
import { readRelease } from './release.ts';
import { findTakenNames, findWrongRegion, warnOfSharedQuotas } from './stacks-of-the-app.ts';

export interface PartnerCentralRelayProps extends StackProps {
  readonly config: RelayConfig;
  /** Folder that holds one folder per bundle. @default dist, the output of `npm run build` */
  readonly bundles?: string;
}

/** Turns events of Partner Central into a table with their history, and into signed webhooks. */
export class PartnerCentralRelay extends Stack {
  readonly #config: RelayConfig;

  constructor(scope: Construct, id: string, props: PartnerCentralRelayProps) {
    super(scope, id, props);
    this.node.addValidation({ validate: () => [...findWrongRegion(this), ...findTakenNames(this)] });
    this.#config = props.config;
    warnOfSharedQuotas(this, (stack) => (stack instanceof PartnerCentralRelay ? stack.#config : undefined));
    const { config, bundles = fileURLToPath(new URL('../dist', import.meta.url)) } = props;
    const key = config.kmsKeyArn === undefined ? undefined : Key.fromKeyArn(this, 'Key', config.kmsKeyArn);
    const functions = { bundles, logRetention: config.logRetentionDays, tracing: config.tracing, key };
    const tables = { removal: config.tableRemoval, key };
    const secretNamePrefix = `${this.stackName}/endpoints/`;
    const clientSecretNamePrefix = `${this.stackName}/clients/`;
    const { table: records } = new RecordStore(this, 'Records', tables);
    const { table: control } = new ControlTable(this, 'Control', tables);
    const actDoorbell =
      config.commands.length === 0
        ? undefined
        : new WorkQueue(this, 'ActDoorbell', { functionTimeout: actTimeout, key });
    const delivery = new WebhookDelivery(this, 'WebhookDelivery', {
      records,
      actDoorbell,
      config,
      secretNamePrefix,
      functions,
    });
    const { table: webhooks } = delivery;
    const inputs = { records, control, config, functions };
    const hydration = new Hydration(this, 'Hydration', {
      ...inputs,
      lines: actDoorbell && { table: webhooks, doorbell: actDoorbell },
    });
    const reconciliation = new Reconciliation(this, 'Reconciliation', { ...inputs, hydration });
    const quarantine = new Quarantine(this, 'Quarantine', { control, config, functions });
    const intake = new EventIntake(this, 'EventIntake', {
      catalogs: config.catalogs,
      opportunities: hydration.opportunities,
      invitations: hydration.invitations,
      engagements: hydration.engagements,
      quarantine: quarantine.events,
    });
    const commands =
      actDoorbell &&
      new Commands(this, 'Commands', { ...inputs, webhooks, doorbell: actDoorbell, clientSecretNamePrefix });
    const recordExport =
      config.exportHours === 0 ? undefined : new RecordExport(this, 'RecordExport', inputs);
    const monitoring = new Monitoring(this, 'Monitoring', {
      records,
      control,
      intake,
      hydration,
      reconciliation,
      quarantine,
      delivery,
      commands,
      recordExport,
      config,
      key,
    });
    const { policy } = new ReadRecords(this, 'ReadRecords', { records, key });
    const queues = {
      Opportunity: hydration.opportunities,
      Invitation: hydration.invitations,
      Engagement: hydration.engagements,
      Quarantine: quarantine.events,
      FanOut: delivery.fanOutDoorbell,
      Delivery: delivery.deliveryDoorbell,
      ...(commands && { Act: commands.doorbell }),
    };
    const operate = new OperateRelay(this, 'OperateRelay', {
      records,
      webhooks,
      control,
      queues: Object.values(queues),
      kept: quarantine.kept,
      secretNamePrefixes: [secretNamePrefix, clientSecretNamePrefix],
      reconcile: reconciliation.reconcile.function,
      commands: commands?.commands.function,
      catalogs: config.catalogs,
      key,
    });
    this.addOutput('Release', readRelease());
    this.addOutput('ReadsPerSecond', String(config.readsPerSecond));
    this.addOutput('ReadsPerDay', String(config.readsPerDay));
    if (commands) this.addCommandOutputs(commands);
    this.addOutput('RecordsTableName', records.tableName);
    this.addOutput('ReadRecordsPolicyArn', policy.managedPolicyArn);
    this.addOutput('OperatePolicyArn', operate.policy.managedPolicyArn);
    this.addOutput('ControlTableName', control.tableName);
    this.addOutput('ReconcileFunctionName', reconciliation.reconcile.function.functionName);
    this.addOutput('WebhooksTableName', webhooks.tableName);
    this.addOutput('EndpointSecretNamePrefix', secretNamePrefix);
    this.addOutput('ClientSecretNamePrefix', clientSecretNamePrefix);
    if (config.kmsKeyArn !== undefined) this.addOutput('KmsKeyArn', config.kmsKeyArn);
    this.addOutput('Concurrency', String(config.concurrency));
    if (monitoring.dashboardName !== undefined) this.addOutput('DashboardName', monitoring.dashboardName);
    this.addOutput('UrgentAlarmsTopicArn', monitoring.urgent.topicArn);
    this.addOutput('NoticeAlarmsTopicArn', monitoring.notice.topicArn);
    this.addOutput('WhatNext', describeNextSteps(this, monitoring.urgent, config.alarmEmail));
    for (const [name, { queue, parked }] of Object.entries(queues)) {
      this.addOutput(`${name}QueueUrl`, queue.queueUrl);
      this.addOutput(`${name}ParkedQueueUrl`, parked.queueUrl);
    }
    this.addOutput('KeptQueueUrl', quarantine.kept.queueUrl);
  }

  private addCommandOutputs({ api, commands, act, door }: Commands): void {
    this.addOutput('WritesPerSecond', String(this.#config.writesPerSecond));
    this.addOutput('WritesPerDay', String(this.#config.writesPerDay));
    this.addOutput('CommandsUrl', api.url);
    this.addOutput('CommandsFunctionName', commands.function.functionName);
    this.addOutput('ActFunctionName', act.function.functionName);
    if (door) this.addOutput('SignedCommandsUrl', door.api.url);
  }

  private addOutput(name: string, value: string): void {
    new CfnOutput(this, name, { value });
  }
}
