import * as v from 'valibot';
import { prefix, type RelayConfig } from './config.ts';
import { didYouMean } from './did-you-mean.ts';
import { findProblemsBetween } from './problems-between-settings.ts';
import { settings } from './settings.ts';

const schema = v.object({
  stackName: settings.stackName.schema,
  catalogs: settings.catalogs.schema,
  settleSeconds: settings.settleSeconds.schema,
  earlyReadPercent: settings.earlyReadPercent.schema,
  concurrency: settings.concurrency.schema,
  readsPerSecond: settings.readsPerSecond.schema,
  readsPerDay: settings.readsPerDay.schema,
  commands: settings.commands.schema,
  signedCommands: settings.signedCommands.schema,
  writesPerSecond: settings.writesPerSecond.schema,
  writesPerDay: settings.writesPerDay.schema,
  reconcileMinutes: settings.reconcileMinutes.schema,
  fullPassDays: settings.fullPassDays.schema,
  expiringDays: settings.expiringDays.schema,
  reminders: settings.reminders.schema,
  exportHours: settings.exportHours.schema,
  silenceDays: settings.silenceDays.schema,
  rejectedInvitations: settings.rejectedInvitations.schema,
  alarmEmail: settings.alarmEmail.schema,
  okActions: settings.okActions.schema,
  dashboard: settings.dashboard.schema,
  tracing: settings.tracing.schema,
  runbookUrl: settings.runbookUrl.schema,
  eventBuses: settings.eventBuses.schema,
  allowedCidrs: settings.allowedCidrs.schema,
  subnetIds: settings.subnetIds.schema,
  securityGroupIds: settings.securityGroupIds.schema,
  caCertificate: settings.caCertificate.schema,
  kmsKeyArn: settings.kmsKeyArn.schema,
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
  const between = findProblemsBetween(config);
  return between.length > 0 ? { problems: between } : { config };
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
