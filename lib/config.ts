import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Catalog } from '../lambdas/core/catalogs.ts';

/** Starts every key of ours in the CDK context. */
export const prefix = 'relay:';

/**
 * Partner Central publishes its events only to the default bus of this region, and an EventBridge
 * rule matches only events on its own bus.
 */
export const partnerCentralRegion = 'us-east-1';

/** The settings of a deployment, from cdk.json or `-c relay:<key>=<value>`. */
export interface RelayConfig {
  /**
   * Name of the stack in CloudFormation, which begins the names of its secrets.
   * @default 'PartnerCentralRelay'
   */
  readonly stackName: string;
  /** The stack takes the events of these catalogs. @default ['AWS'] */
  readonly catalogs: readonly Catalog[];
  /**
   * Seconds from an event to the read of its record: Partner Central's reads lag its events.
   * @default 5
   */
  readonly settleSeconds: number;
  /**
   * Percentage of `readsPerDay` up to which a record is also read as soon as its event is there;
   * 0: never. @default 50
   */
  readonly earlyReadPercent: number;
  /**
   * Concurrent invocations that all functions together may take of the account's quota.
   * @default 60
   */
  readonly concurrency: number;
  /** Reads of Partner Central per second, as Service Quotas grants them. @default 10 */
  readonly readsPerSecond: number;
  /** Reads of Partner Central in any 24 hours. @default 100000 */
  readonly readsPerDay: number;
  /**
   * Commands that change records in Partner Central: `<action>` or `<catalog>:<action>`.
   * @default [] the stack only reads
   */
  readonly commands: readonly string[];
  /** Whether clients without credentials of AWS can sign commands. @default false */
  readonly signedCommands: boolean;
  /** Writes to Partner Central per second, as Service Quotas grants them. @default 1 */
  readonly writesPerSecond: number;
  /** Writes to Partner Central in any 24 hours. @default 10000 */
  readonly writesPerDay: number;
  /** Minutes between comparisons of Partner Central's lists with the table. @default 60 */
  readonly reconcileMinutes: number;
  /** Days between full passes, which read every record again; 0: only on request. @default 7 */
  readonly fullPassDays: number;
  /** Days before its expiry at which a pending invitation is announced; 0: never. @default 3 */
  readonly expiringDays: number;
  /** Reminders of opportunities: `close_date_passed`, or `<name>:<days>`. @default [] none */
  readonly reminders: readonly string[];
  /**
   * Hours between exports of the Records table to a bucket; 0: no exports, and no bucket.
   * @default 0
   */
  readonly exportHours: number;
  /** Days without any event, while changes are found, before the alarm Silence. @default 3 */
  readonly silenceDays: number;
  /**
   * What happens to the sensitive members of an invitation once access is lost.
   * @default 'redact' removes them from every version
   */
  readonly rejectedInvitations: 'keep' | 'redact';
  /**
   * E-mail address that gets all alarms; `none`: others subscribe to the topics.
   * @default no address, and a warning at synth
   */
  readonly alarmEmail?: string;
  /** Whether the topics also get a message when an alarm ends. @default true */
  readonly okActions: boolean;
  /** Whether there is a dashboard, which costs 3 US dollars a month. @default true */
  readonly dashboard: boolean;
  /** Whether X-Ray traces every invocation. @default false */
  readonly tracing: boolean;
  /**
   * Page that alarm descriptions link to.
   * @default the runbook in the `repository` of package.json
   */
  readonly runbookUrl?: string;
  /** ARNs of the event buses that endpoints may use. @default [] */
  readonly eventBuses: readonly string[];
  /** Private networks that webhooks may be sent to. @default [] public addresses only */
  readonly allowedCidrs: readonly string[];
  /**
   * Subnets of the `deliver` function, with a route to AWS and to the receivers.
   * @default [] outside of any VPC
   */
  readonly subnetIds: readonly string[];
  /** Security groups of the `deliver` function in these subnets. @default [] */
  readonly securityGroupIds: readonly string[];
  /** Authorities that are trusted for receivers in `allowedCidrs`, in PEM. @default none */
  readonly caCertificate?: string;
  /**
   * ARN of the customer-managed key of tables, queues, topics, logs and secrets.
   * @default keys of AWS
   */
  readonly kmsKeyArn?: string;
  /** Days that CloudWatch Logs keeps the logs. @default 90 */
  readonly logRetentionDays: RetentionDays;
  /**
   * What `cdk destroy` does with the tables.
   * @default 'retain' keeps them and protects them from deletion
   */
  readonly tableRemoval: 'retain' | 'destroy';
}
