import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import * as v from 'valibot';
import { didYouMean } from './did-you-mean.ts';
import { list, listOf, number, wholeNumber, within } from './kinds-of-settings.ts';
import { isPrivateNetwork, privateNetworks } from './private-networks.ts';

/** Prefix of every key of the CDK context that is ours. */
export const prefix = 'relay:';

/** Partner Central publishes its events to the default bus of this region only, and a rule matches on its own bus only. */
export const partnerCentralRegion = 'us-east-1';

/** The catalogs that Partner Central has today. New ones can appear: their events go to the quarantine. */
export const knownCatalogs = ['AWS', 'Sandbox'] as const;
export type Catalog = (typeof knownCatalogs)[number];

/** What can be chosen per deployment, in cdk.json or by `-c relay:<key>=<value>`. */
export interface RelayConfig {
  /** Catalogs whose events this stack takes. @default ['AWS'] */
  readonly catalogs: readonly Catalog[];
  /** How long an event waits before Partner Central is read, so that the read shows what the event told. @default 5 */
  readonly settleSeconds: number;
  /** What the account may read of Partner Central, as Service Quotas grants it. @default 10 */
  readonly readsPerSecond: number;
  /** In any 24 hours. @default 100000 */
  readonly readsPerDay: number;
  /** How often Partner Central's lists are compared with the table. @default 60 */
  readonly reconcileMinutes: number;
  /** How often every opportunity is read again; 0: never, but on demand. @default 7 */
  readonly fullPassDays: number;
  /** How long before it expires a pending invitation is announced as expiring; 0: never. @default 3 */
  readonly expiringDays: number;
  /** For how long no event may come while changes are found, before an alarm says so. @default 3 */
  readonly silenceDays: number;
  /** What becomes of an invitation's sensitive members once it was taken away. @default 'redact' they leave every version */
  readonly rejectedInvitations: 'keep' | 'redact';
  /** Where alarms are told by e-mail. @default nowhere: both topics are there to be subscribed to */
  readonly alarmEmail?: string;
  /** Page that alarm descriptions link to. @default the runbook in the `repository` of package.json */
  readonly runbookUrl?: string;
  /** ARNs of the event buses that endpoints may put their messages on. @default [] none */
  readonly eventBuses: readonly string[];
  /** Private networks whose receivers webhooks may go to. @default [] none: public addresses only */
  readonly allowedCidrs: readonly string[];
  /** Subnets that webhooks are sent from, with a way to AWS and to the receivers. @default [] from outside of any VPC */
  readonly subnetIds: readonly string[];
  /** Of what sends webhooks from these subnets. @default [] */
  readonly securityGroupIds: readonly string[];
  /** @default 90 */
  readonly logRetentionDays: RetentionDays;
  /** What `cdk destroy` does with the tables. @default 'retain' keeps them, and protects them from deletion */
  readonly tableRemoval: 'retain' | 'destroy';
}

/** 9999 is what CDK calls "for ever"; CloudWatch has no such number. */
const retentionDays = Object.values(RetentionDays).filter(
  (days) => typeof days === 'number' && days !== RetentionDays.INFINITE,
);

const busArn = new RegExp(`^arn:aws:events:${partnerCentralRegion}:\\d{12}:event-bus/[\\w./-]{1,256}$`);

interface Setting {
  readonly schema: v.GenericSchema;
  /** Said of a value that is refused, and in the README. */
  readonly allowed: string;
  /** What a person decides with it. */
  readonly consequence: string;
}

/** In the order in which they are documented. */
export const settings = {
  catalogs: {
    allowed: `one or more of ${knownCatalogs.join(', ')}, each once; upper and lower case matter to Partner Central`,
    consequence:
      'whose events are taken, and whose lists are compared; events of the other one are left alone, those of an unknown catalog quarantined',
    schema: v.optional(
      v.pipe(
        v.unknown(),
        v.transform(list),
        v.array(within(knownCatalogs)),
        v.minLength(1),
        v.check((catalogs) => new Set(catalogs).size === catalogs.length),
        v.readonly(),
      ),
      () => ['AWS'],
    ),
  },
  settleSeconds: {
    // A queue delays no message for longer than 15 minutes, of which one second goes to the resolution of event times.
    ...wholeNumber('seconds', 0, 899, 5),
    consequence:
      'how long an event waits before the read, so that the read surely shows it; each webhook waits as long',
  },
  readsPerSecond: {
    ...wholeNumber('reads', 1, 1_000, 10),
    consequence: 'what Service Quotas grants the account; less, where other software reads too',
  },
  readsPerDay: {
    ...wholeNumber('reads', 1_000, 100_000_000, 100_000),
    consequence: 'the same for any 24 hours; what exceeds it waits in its queue',
  },
  reconcileMinutes: {
    ...wholeNumber('minutes', 1, 1_440, 60),
    consequence: "how often AWS's lists are compared with the table: how long a lost event stays unnoticed",
  },
  fullPassDays: {
    ...wholeNumber('days', 0, 365, 7),
    consequence:
      'how often every opportunity and engagement is read again, two reads for each opportunity; `0` never',
  },
  expiringDays: {
    // Invitations live for 15 days.
    ...wholeNumber('days', 0, 15, 3),
    consequence: 'how long before it expires a pending invitation is announced; `0` never',
  },
  silenceDays: {
    ...wholeNumber('days', 1, 90, 3),
    consequence: 'no event for so long while changes are found: alarm Silence',
  },
  rejectedInvitations: {
    allowed: 'keep or redact',
    consequence: '`keep` leaves a rejected invitation its names, contacts and texts',
    schema: v.optional(v.picklist(['keep', 'redact']), 'redact'),
  },
  alarmEmail: {
    allowed: 'one e-mail address',
    consequence: 'who is sent every alarm, once the mail that AWS sends first is confirmed',
    schema: v.optional(v.pipe(v.string(), v.email())),
  },
  runbookUrl: {
    allowed: 'one https:// URL',
    consequence:
      'page that alarm descriptions link to, at the heading named like the alarm; the default is `docs/runbook.md` in the `repository` of package.json, if it names one',
    schema: v.optional(v.pipe(v.string(), v.url(), v.startsWith('https://'))),
  },
  eventBuses: {
    // PutEvents reaches the buses of its own region; a rule of such a bus can send on to others.
    ...listOf(
      `ARN of an event bus in ${partnerCentralRegion}, arn:aws:events:${partnerCentralRegion}:<account>:event-bus/<name>`,
      (text) => busArn.test(text),
    ),
    consequence: 'which event buses endpoints may put messages on',
  },
  allowedCidrs: {
    ...listOf(`network inside ${privateNetworks.join(', ')}`, isPrivateNetwork),
    consequence: 'private networks that webhooks may go to; everything else private stays closed',
  },
  subnetIds: {
    ...listOf('subnet-<hexadecimal digits>', (text) => /^subnet-[\da-f]{8,17}$/.test(text)),
    consequence: 'subnets that webhooks are sent from, for private receivers',
  },
  securityGroupIds: {
    ...listOf('sg-<hexadecimal digits>', (text) => /^sg-[\da-f]{8,17}$/.test(text)),
    consequence: 'of what sends from these subnets',
  },
  logRetentionDays: {
    allowed: `a number of days that CloudWatch Logs knows: ${retentionDays.join(', ')}`,
    consequence: "how long CloudWatch keeps the functions' logs, and with them what can be traced",
    schema: v.optional(
      v.pipe(v.unknown(), v.transform(number), v.enum(RetentionDays), v.notValue(RetentionDays.INFINITE)),
      RetentionDays.THREE_MONTHS,
    ),
  },
  tableRemoval: {
    allowed: 'retain or destroy',
    consequence: '`destroy` lets `cdk destroy` delete the tables, and with them the history',
    schema: v.optional(v.picklist(['retain', 'destroy']), 'retain'),
  },
} as const satisfies Readonly<Record<keyof RelayConfig, Setting>>;

const schema = v.object({
  catalogs: settings.catalogs.schema,
  settleSeconds: settings.settleSeconds.schema,
  readsPerSecond: settings.readsPerSecond.schema,
  readsPerDay: settings.readsPerDay.schema,
  reconcileMinutes: settings.reconcileMinutes.schema,
  fullPassDays: settings.fullPassDays.schema,
  expiringDays: settings.expiringDays.schema,
  silenceDays: settings.silenceDays.schema,
  rejectedInvitations: settings.rejectedInvitations.schema,
  alarmEmail: settings.alarmEmail.schema,
  runbookUrl: settings.runbookUrl.schema,
  eventBuses: settings.eventBuses.schema,
  allowedCidrs: settings.allowedCidrs.schema,
  subnetIds: settings.subnetIds.schema,
  securityGroupIds: settings.securityGroupIds.schema,
  logRetentionDays: settings.logRetentionDays.schema,
  tableRemoval: settings.tableRemoval.schema,
} satisfies { readonly [Name in keyof RelayConfig]-?: (typeof settings)[Name]['schema'] });

/**
 * Reads our keys of the CDK context. A key of others is left alone, unless it reads like one of ours that was misspelt: the
 * choice of the person who wrote it would count for nothing, and nobody would notice.
 * @returns the configuration, or every problem: a sentence that names the key, the value and what is allowed
 */
export function parseConfig(
  context: Readonly<Record<string, unknown>>,
): { readonly config: RelayConfig } | { readonly problems: readonly string[] } {
  const entries = Object.entries(context);
  const ours = entries.flatMap(([key, value]): [string, unknown][] =>
    key.startsWith(prefix) ? [[key.slice(prefix.length), value]] : [],
  );
  const misspelt = entries.flatMap(([key]) => (key.startsWith(prefix) ? [] : misspeltProblem(key)));
  const problems = [...misspelt, ...ours.flatMap(([key, value]) => problemOf(key, value))];
  if (problems.length > 0) return { problems };
  const config = v.parse(schema, Object.fromEntries(ours));
  const lacking = lackingIn(config);
  return lacking.length > 0 ? { problems: lacking } : { config };
}

/** Settings that mean nothing without others. */
function lackingIn({ allowedCidrs, subnetIds, securityGroupIds }: RelayConfig): string[] {
  const [isOpen, hasSubnets, hasGroups] = [allowedCidrs, subnetIds, securityGroupIds].map(
    ({ length }) => length > 0,
  );
  const problems: string[] = [];
  if (isOpen && !hasSubnets)
    problems.push(`${prefix}allowedCidrs needs ${prefix}subnetIds: no private network is reached without`);
  if (hasSubnets !== hasGroups)
    problems.push(`${prefix}subnetIds and ${prefix}securityGroupIds need each other`);
  return problems;
}

function misspeltProblem(key: string): string[] {
  const meant = didYouMean(key, Object.keys(settings));
  return meant === undefined ? [] : [`${key} sets nothing; ${prefix}${meant} is probably what is meant`];
}

function problemOf(key: string, value: unknown): string[] {
  const known = Object.entries(settings).find(([name]) => name === key)?.[1];
  if (!known) {
    const names = Object.keys(settings);
    const meant = didYouMean(key, names);
    const guess = meant === undefined ? '' : `; ${prefix}${meant} is probably what is meant`;
    const allowed = names.map((name) => prefix + name);
    return [`${prefix}${key} is not a setting${guess}; the settings are ${allowed.join(', ')}`];
  }
  if (value !== undefined && v.safeParse(known.schema, value).success) return [];
  return [`${prefix}${key} is ${JSON.stringify(value)}; allowed: ${known.allowed}`];
}
