import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import * as v from 'valibot';
import { areCertificates } from '../lambdas/core/certificates.ts';
import {
  commaSeparated,
  guarded,
  oneOf,
  orDigits,
  textMatching,
  type ValueSchema,
  wholeNumber,
} from '../lambdas/core/value-schema.ts';
import { didYouMean } from './did-you-mean.ts';
import { isPrivateNetwork, privateNetworks } from './private-networks.ts';

/** Starts every key of ours in the CDK context. */
export const prefix = 'relay:';

/**
 * Partner Central publishes its events only to the default bus of this region, and an EventBridge
 * rule matches only events on its own bus.
 */
export const partnerCentralRegion = 'us-east-1';

/** The catalogs that Partner Central has. Events of any other catalog go to the quarantine. */
export const knownCatalogs = ['AWS', 'Sandbox'] as const;
export type Catalog = (typeof knownCatalogs)[number];

/** The settings of a deployment, from cdk.json or `-c relay:<key>=<value>`. */
export interface RelayConfig {
  /** The stack takes the events of these catalogs. @default ['AWS'] */
  readonly catalogs: readonly Catalog[];
  /**
   * Seconds from an event to the read of its record: Partner Central's reads lag its events.
   * @default 5
   */
  readonly settleSeconds: number;
  /** Reads of Partner Central per second, as Service Quotas grants them. @default 10 */
  readonly readsPerSecond: number;
  /** Reads of Partner Central in any 24 hours. @default 100000 */
  readonly readsPerDay: number;
  /** Minutes between comparisons of Partner Central's lists with the table. @default 60 */
  readonly reconcileMinutes: number;
  /** Days between full passes, which read every record again; 0: only on request. @default 7 */
  readonly fullPassDays: number;
  /** Days before its expiry at which a pending invitation is announced; 0: never. @default 3 */
  readonly expiringDays: number;
  /** Days without any event, while changes are found, before the alarm Silence. @default 3 */
  readonly silenceDays: number;
  /**
   * What happens to the sensitive members of an invitation once access is lost.
   * @default 'redact' removes them from every version
   */
  readonly rejectedInvitations: 'keep' | 'redact';
  /** E-mail address that gets all alarms. @default none; both SNS topics can be subscribed to */
  readonly alarmEmail?: string;
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
  /** Days that CloudWatch Logs keeps the logs. @default 90 */
  readonly logRetentionDays: RetentionDays;
  /**
   * What `cdk destroy` does with the tables.
   * @default 'retain' keeps them and protects them from deletion
   */
  readonly tableRemoval: 'retain' | 'destroy';
}

/** CDK uses 9999 for "never expires", which CloudWatch does not accept as a number of days. */
const retentionDays = Object.values(RetentionDays).filter(
  (days) => typeof days === 'number' && days !== RetentionDays.INFINITE,
);
const isRetention = (value: unknown): value is RetentionDays => retentionDays.some((days) => days === value);

const busArn = new RegExp(`^arn:aws:events:${partnerCentralRegion}:\\d{12}:event-bus/[\\w./-]{1,256}$`);

interface Setting {
  readonly schema: v.GenericSchema;
  /** Part of the error for any other value, and of the settings page. */
  readonly allowed: string;
  /** What the setting decides, for the settings page. */
  readonly consequence: string;
}

/** A number; on the command line, its digits. */
function wholeNumberOr(fallback: number, unit: string, least: number, most: number) {
  const { schema, allowed } = orDigits(wholeNumber(least, most, unit));
  return { allowed, schema: v.optional(schema, fallback) };
}

/** A list; on the command line, separated by commas. Empty by default. */
function anyNumberOf(item: ValueSchema<string>) {
  const { schema, allowed } = commaSeparated(item, `any number, each once: ${item.allowed}`);
  return { allowed, schema: v.optional(schema, () => []) };
}

function optionalText({ schema, allowed }: ValueSchema<string>) {
  return { allowed, schema: v.optional(schema) };
}

/** In the order in which they are documented. */
export const settings = {
  catalogs: {
    allowed: `one or more of ${knownCatalogs.join(', ')}, each once; upper and lower case matter`,
    consequence:
      'whose events are taken and whose lists are compared; events of the other catalog are ignored, events of an unknown catalog go to the quarantine',
    schema: v.optional(commaSeparated(oneOf(...knownCatalogs), '', 1).schema, () => ['AWS']),
  },
  settleSeconds: {
    // SQS delays a message by at most 15 minutes. One second is the resolution of event times.
    ...wholeNumberOr(5, 'seconds', 0, 899),
    consequence:
      'how long an event waits before the read, so that the read includes the change; every webhook waits as long',
  },
  readsPerSecond: {
    ...wholeNumberOr(10, 'reads', 1, 1_000),
    consequence: 'what Service Quotas grants the account; less if other software reads Partner Central too',
  },
  readsPerDay: {
    ...wholeNumberOr(100_000, 'reads', 1_000, 100_000_000),
    consequence: 'the same for any 24 hours; further work waits in its queue',
  },
  reconcileMinutes: {
    ...wholeNumberOr(60, 'minutes', 1, 1_440),
    consequence: "how often AWS's lists are compared with the table: how long a lost event goes unnoticed",
  },
  fullPassDays: {
    ...wholeNumberOr(7, 'days', 0, 365),
    consequence:
      'how often every opportunity and engagement is read again, with two reads for each opportunity; `0`: never',
  },
  expiringDays: {
    // Invitations live for 15 days.
    ...wholeNumberOr(3, 'days', 0, 15),
    consequence: 'how long before its expiry a pending invitation is announced; `0`: never',
  },
  silenceDays: {
    ...wholeNumberOr(3, 'days', 1, 90),
    consequence: 'after how long without any event, while changes are found, alarm Silence is raised',
  },
  rejectedInvitations: {
    allowed: 'keep or redact',
    consequence: '`keep` keeps the names, contacts and texts of a rejected invitation',
    schema: v.optional(v.picklist(['keep', 'redact']), 'redact'),
  },
  alarmEmail: {
    allowed: 'one e-mail address',
    consequence: 'gets every alarm, after its owner confirms the first mail from AWS',
    schema: v.optional(v.pipe(v.string(), v.email())),
  },
  runbookUrl: {
    allowed: 'one https:// URL',
    consequence:
      'page that alarm descriptions link to, at the heading named like the alarm; the default is `docs/runbook.md` in the `repository` of package.json, if it names one',
    schema: v.optional(v.pipe(v.string(), v.url(), v.startsWith('https://'))),
  },
  eventBuses: {
    // PutEvents reaches buses of its own region only. A rule on such a bus can forward elsewhere.
    ...anyNumberOf(
      textMatching(
        `ARN of an event bus in ${partnerCentralRegion}, arn:aws:events:${partnerCentralRegion}:<account>:event-bus/<name>`,
        (text) => busArn.test(text),
      ),
    ),
    consequence: 'event buses that endpoints may put messages on',
  },
  allowedCidrs: {
    ...anyNumberOf(textMatching(`network inside ${privateNetworks.join(', ')}`, isPrivateNetwork)),
    consequence: 'private networks that webhooks may be sent to; all others stay blocked',
  },
  subnetIds: {
    ...anyNumberOf(
      textMatching('subnet-<hexadecimal digits>', (text) => /^subnet-[\da-f]{8,17}$/.test(text)),
    ),
    consequence: 'subnets of the `deliver` function, for private receivers',
  },
  securityGroupIds: {
    ...anyNumberOf(textMatching('sg-<hexadecimal digits>', (text) => /^sg-[\da-f]{8,17}$/.test(text))),
    consequence: 'security groups of the `deliver` function',
  },
  caCertificate: {
    // A function has 4 KB for all its variables.
    ...optionalText(
      textMatching(
        'certificates in PEM, up to 2400 characters',
        (text) => text.length <= 2_400 && areCertificates(text),
      ),
    ),
    consequence:
      'authorities that are trusted for every private receiver, beside `caCertificate` of an endpoint; never for public addresses. On a command line: `-c relay:caCertificate="$(cat ca.pem)"`',
  },
  logRetentionDays: {
    allowed: `a number of days that CloudWatch Logs supports: ${retentionDays.join(', ')}`,
    consequence: 'how long the logs of the functions are kept, and how far back events can be traced',
    schema: v.optional(orDigits(guarded('', isRetention)).schema, RetentionDays.THREE_MONTHS),
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
  caCertificate: settings.caCertificate.schema,
  logRetentionDays: settings.logRetentionDays.schema,
  tableRemoval: settings.tableRemoval.schema,
} satisfies { readonly [Name in keyof RelayConfig]-?: (typeof settings)[Name]['schema'] });

/**
 * Reads our keys of the CDK context. Other keys are ignored, unless they look like a misspelt
 * setting: ignoring that one silently would leave the default in place.
 * @returns the configuration, or every problem as a sentence with the key, the value and what is
 * allowed
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
  const incomplete = problemsBetween(config);
  return incomplete.length > 0 ? { problems: incomplete } : { config };
}

/** Some settings have an effect only together with others. */
function problemsBetween({
  allowedCidrs,
  subnetIds,
  securityGroupIds,
  caCertificate,
}: RelayConfig): string[] {
  const [hasNetworks, hasSubnets, hasGroups] = [allowedCidrs, subnetIds, securityGroupIds].map(
    ({ length }) => length > 0,
  );
  const problems: string[] = [];
  if (hasNetworks && !hasSubnets)
    problems.push(
      `${prefix}allowedCidrs needs ${prefix}subnetIds: private networks can be reached only from a VPC`,
    );
  if (caCertificate !== undefined && !hasNetworks)
    problems.push(
      `${prefix}caCertificate needs ${prefix}allowedCidrs: it is trusted for private receivers only`,
    );
  if (hasSubnets !== hasGroups)
    problems.push(`${prefix}subnetIds and ${prefix}securityGroupIds need each other`);
  return problems;
}

function misspeltProblem(key: string): string[] {
  const suggestion = didYouMean(key, Object.keys(settings));
  if (suggestion === undefined) return [];
  return [`${key} is not a setting; did you mean ${prefix}${suggestion}?`];
}

function problemOf(key: string, value: unknown): string[] {
  const setting = Object.entries(settings).find(([name]) => name === key)?.[1];
  if (!setting) {
    const names = Object.keys(settings);
    const suggestion = didYouMean(key, names);
    const question = suggestion === undefined ? '' : `; did you mean ${prefix}${suggestion}?`;
    const allowed = names.map((name) => prefix + name).join(', ');
    return [`${prefix}${key} is not a setting${question}; the settings are ${allowed}`];
  }
  if (value !== undefined && v.safeParse(setting.schema, value).success) return [];
  return [`${prefix}${key} is ${JSON.stringify(value)}; allowed: ${setting.allowed}`];
}
