import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import * as v from 'valibot';
import { knownCatalogs } from '../lambdas/core/catalogs.ts';
import { areCertificates } from '../lambdas/core/certificates.ts';
import { commandActions } from '../lambdas/core/command.ts';
import { readReminderRule, reminderRuleText } from '../lambdas/core/reminder-rule.ts';
import {
  commaSeparated,
  guarded,
  oneOf,
  orDigits,
  textMatching,
  type ValueSchema,
  wholeNumber,
} from '../lambdas/core/value-schema.ts';
import { defaultConcurrency, leastConcurrency } from './concurrency.ts';
import { partnerCentralRegion, type RelayConfig } from './config.ts';
import { readEnabledCommand } from './enabled-commands.ts';
import { isPrivateNetwork, privateNetworks } from './private-networks.ts';
import { defaultStackName } from './stack-name.ts';

/** CDK uses 9999 for "never expires", which CloudWatch does not accept as a number of days. */
const retentionDays = Object.values(RetentionDays).filter(
  (days) => typeof days === 'number' && days !== RetentionDays.INFINITE,
);
const isRetention = (value: unknown): value is RetentionDays => retentionDays.some((days) => days === value);

const busArn = new RegExp(`^arn:aws:events:${partnerCentralRegion}:\\d{12}:event-bus/[\\w./-]{1,256}$`);

const keyArn = new RegExp(
  `^arn:aws:kms:${partnerCentralRegion}:\\d{12}:key/(?:mrk-[\\da-f]{32}|[\\da-f]{8}(?:-[\\da-f]{4}){3}-[\\da-f]{12})$`,
);

/** `cdk bootstrap` creates it. */
const reservedStackName = 'CDKToolkit';

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

/** `yes` or `no`, as on a command line; in cdk.json also true or false. */
function yesOrNo(fallback: boolean) {
  const schema = v.union([
    v.boolean(),
    v.pipe(
      v.picklist(['yes', 'no']),
      v.transform((given) => given === 'yes'),
    ),
  ]);
  return { allowed: 'yes or no', schema: v.optional(schema, fallback) };
}

/** A list; on the command line, separated by commas. Empty by default. */
function anyNumberOf(item: ValueSchema<string>, most = Number.POSITIVE_INFINITY) {
  const number = most === Number.POSITIVE_INFINITY ? 'any number' : `up to ${most}`;
  const { schema, allowed } = commaSeparated(item, `${number}, each once: ${item.allowed}`, 0, most);
  return { allowed, schema: v.optional(schema, () => []) };
}

function optionalText({ schema, allowed }: ValueSchema<string>) {
  return { allowed, schema: v.optional(schema) };
}

/** In the order in which they are documented. */
export const settings = {
  stackName: {
    allowed: `a letter, then letters, digits and hyphens, up to 128 characters; not ${reservedStackName}, the name of CDK's own stack`,
    consequence:
      'name of the stack; a second stack in the same account needs a name of its own, see [below](#two-stacks-in-one-account)',
    schema: v.optional(
      v.pipe(v.string(), v.regex(/^[A-Za-z][A-Za-z0-9-]{0,127}$/), v.notValue(reservedStackName)),
      defaultStackName,
    ),
  },
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
      'how long an event waits before the ripe read, so that the read includes the change; without an [early read](architecture.md#early-reads), every webhook waits as long',
  },
  earlyReadPercent: {
    ...wholeNumberOr(50, 'percent', 0, 90),
    consequence:
      'the part of `relay:readsPerDay` up to which a record is also read early, as soon as its event is there, so that its webhook leaves in about 2 seconds. It costs up to twice the reads of a change, and one more SQS message and invocation for an event; `0`: no early reads',
  },
  concurrency: {
    ...wholeNumberOr(defaultConcurrency, 'invocations', leastConcurrency, 1_000),
    consequence:
      'how many invocations of all functions together may run at the same time; the most of each queue and of each endpoint derive from it. A new account may have 10 in all (Service Quotas, Lambda, Concurrent executions)',
  },
  readsPerSecond: {
    ...wholeNumberOr(10, 'reads', 1, 1_000),
    consequence: 'what Service Quotas grants the account; less if other software reads Partner Central too',
  },
  readsPerDay: {
    ...wholeNumberOr(100_000, 'reads', 1_000, 100_000_000),
    consequence: 'the same for any 24 hours; further work waits in its queue',
  },
  commands: {
    ...anyNumberOf(
      textMatching(
        `<action> or <catalog>:<action>; the actions are ${commandActions.join(', ')}`,
        (text) => readEnabledCommand(text) !== undefined,
      ),
    ),
    consequence:
      'which changes of records in Partner Central clients may ask for, in one catalog or in all of `relay:catalogs`; without any, the stack has no way to write to Partner Central, and no function, queue or route for commands',
  },
  signedCommands: {
    ...yesOrNo(false),
    consequence:
      'whether there is also a [signed door](commands.md#the-signed-door): a public HTTP API where clients without credentials of AWS sign their commands; needs `relay:commands`',
  },
  writesPerSecond: {
    ...wholeNumberOr(1, 'writes', 1, 1_000),
    consequence:
      'what Service Quotas grants the account; less if other software writes to Partner Central too',
  },
  writesPerDay: {
    ...wholeNumberOr(10_000, 'writes', 100, 100_000_000),
    consequence: 'the same for any 24 hours; further commands wait',
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
  reminders: {
    ...anyNumberOf(textMatching(reminderRuleText, (text) => readReminderRule(text) !== undefined)),
    consequence:
      'which situations of an open opportunity are announced once: its target close date has passed; AWS requires an action, its review lasts, or nothing has changed, for this many days; without any, [no reminder](operate.md#reminders) is sent',
  },
  exportHours: {
    // One incremental export holds the changes of 24 hours at most.
    ...wholeNumberOr(0, 'hours', 0, 24),
    consequence:
      'how often what changed in table Records is exported to a bucket of the stack, [for Athena and others](analytics.md); `0`: never, and there is no bucket',
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
    allowed: 'one e-mail address, or none',
    consequence:
      'gets every alarm, after its owner confirms the first mail from AWS; `none`: you subscribe to the topics yourself, and synth does not warn',
    schema: v.optional(v.union([v.literal('none'), v.pipe(v.string(), v.email())])),
  },
  okActions: {
    ...yesOrNo(true),
    consequence:
      'whether both topics also get a message when an alarm ends, so that a pager resolves by itself',
  },
  dashboard: {
    ...yesOrNo(true),
    consequence: 'whether the stack has a dashboard; AWS bills 3 US dollars a month for it',
  },
  tracing: {
    ...yesOrNo(false),
    consequence:
      'whether X-Ray traces the functions, and they may send to it; 5 US dollars for a million invocations',
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
    // The limits of Lambda.
    ...anyNumberOf(
      textMatching('subnet-<hexadecimal digits>', (text) => /^subnet-[\da-f]{8,17}$/.test(text)),
      16,
    ),
    consequence: 'subnets of the `deliver` function, for private receivers',
  },
  securityGroupIds: {
    ...anyNumberOf(
      textMatching('sg-<hexadecimal digits>', (text) => /^sg-[\da-f]{8,17}$/.test(text)),
      5,
    ),
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
  kmsKeyArn: {
    // Every service uses a key of its own region only. CloudWatch Logs takes no alias.
    ...optionalText(
      textMatching(
        `ARN of a key in ${partnerCentralRegion}, where the stack is: arn:aws:kms:${partnerCentralRegion}:<account>:key/<id>`,
        (text) => keyArn.test(text),
      ),
    ),
    consequence:
      'customer-managed key of tables, queues, topics, logs and secrets; its policy must be the one [below](#a-customer-managed-key)',
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
