import { Duration } from 'aws-cdk-lib';
import type { ITableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { Construct } from 'constructs';
import { actContract, leaseMs } from '../../lambdas/act/contract.ts';
import { commandsContract } from '../../lambdas/commands/contract.ts';
import { shareConcurrency } from '../concurrency.ts';
import type { RelayConfig } from '../config.ts';
import { formatEnabledCommands } from '../enabled-commands.ts';
import { acceptEnvironment, acceptGrants, requestTimeout } from './accept-commands.ts';
import { CommandApi } from './command-api.ts';
import { catalogScope, taskStatements, writeScopes } from './partner-central-scope.ts';
import { recordIndexScope } from './record-store.ts';
import { type FunctionDefaults, ServiceFunction } from './service-function.ts';
import { SignedDoor } from './signed-door.ts';
import { noDestinationReason, type WorkQueue } from './work-queue.ts';

export interface CommandsProps {
  readonly records: ITableV2;
  /** Has the lines of commands. */
  readonly webhooks: ITableV2;
  readonly control: ITableV2;
  /** Doorbell of `act`. Others ring it too, so it exists before. */
  readonly doorbell: WorkQueue;
  readonly config: RelayConfig;
  /** Prefix of the names of the secrets with which clients sign. */
  readonly clientSecretNamePrefix: string;
  readonly functions: FunctionDefaults;
}

/** Equals the lease of a line, so that a worker ends before another one can claim its line. */
export const actTimeout = Duration.millis(leaseMs);

/** Each message is a line, which takes a write of the quota: at most one a second. */
const linesPerBatch = 5;

/**
 * Takes commands of clients, and carries them out in Partner Central. It exists only if
 * `relay:commands` names an action.
 */
export class Commands extends Construct {
  readonly doorbell: WorkQueue;
  readonly act: ServiceFunction<typeof actContract>;
  readonly commands: ServiceFunction<typeof commandsContract>;
  readonly api: CommandApi;
  /** Undefined unless `relay:signedCommands` is on. */
  readonly door: SignedDoor | undefined;
  readonly #props: CommandsProps;

  constructor(scope: Construct, id: string, props: CommandsProps) {
    super(scope, id);
    this.#props = props;
    this.doorbell = props.doorbell;
    this.act = this.addAct();
    this.commands = this.addCommands();
    this.api = new CommandApi(this, 'Api', {
      handler: this.commands.function,
      signedFor: 'iam',
      logRetention: props.functions.logRetention,
      key: props.functions.key,
    });
    this.door = props.config.signedCommands ? new SignedDoor(this, 'Door', props) : undefined;
  }

  private addAct(): ServiceFunction<typeof actContract> {
    const { config, functions } = this.#props;
    const act = new ServiceFunction(this, 'Act', {
      contract: actContract,
      defaults: functions,
      commonEnvironment: this.actEnvironment(),
      grants: this.actGrants(),
      timeout: actTimeout,
      // A line that has more to do than one invocation can do is signalled again.
      sendsToOwnQueue: true,
      memoryMb: 512,
    });
    act.addEventSource(
      new SqsEventSource(this.doorbell.queue, {
        batchSize: linesPerBatch,
        maxConcurrency: shareConcurrency(config.concurrency, true).act,
        reportBatchItemFailures: true,
      }),
      noDestinationReason,
    );
    for (const statement of taskStatements(config)) act.function.addToRolePolicy(statement);
    return act;
  }

  private addCommands(): ServiceFunction<typeof commandsContract> {
    const { functions } = this.#props;
    return new ServiceFunction(this, 'Commands', {
      contract: commandsContract,
      defaults: functions,
      commonEnvironment: acceptEnvironment(this.#props),
      grants: acceptGrants(this.#props),
      timeout: requestTimeout,
      memoryMb: 512,
    });
  }

  private actEnvironment() {
    const { records, webhooks, control, config } = this.#props;
    const { queue, parked } = this.doorbell;
    return {
      RECORDS_TABLE_NAME: records.tableName,
      WEBHOOKS_TABLE_NAME: webhooks.tableName,
      CONTROL_TABLE_NAME: control.tableName,
      QUEUE_URL: queue.queueUrl,
      PARKED_QUEUE_URL: parked.queueUrl,
      READS_PER_SECOND: String(config.readsPerSecond),
      READS_PER_DAY: String(config.readsPerDay),
      WRITES_PER_SECOND: String(config.writesPerSecond),
      WRITES_PER_DAY: String(config.writesPerDay),
      COMMANDS: formatEnabledCommands(config),
      REJECTED_INVITATIONS: config.rejectedInvitations,
      TIME_SCALE: '1',
    };
  }

  private actGrants() {
    const { records, webhooks, control, config } = this.#props;
    const { queue, parked } = this.doorbell;
    const reads = catalogScope(config.catalogs);
    return {
      records: { arns: [records.tableArn] },
      webhooks: { arns: [webhooks.tableArn] },
      control: { arns: [control.tableArn] },
      queue: { arns: [queue.queueArn] },
      parkedQueue: { arns: [parked.queueArn] },
      recordIndexes: recordIndexScope(records, 'recordsByEngagement'),
      opportunities: reads,
      engagements: reads,
      invitations: reads,
      lists: reads,
      ...writeScopes(config),
    };
  }
}
