import { recordTable, webhookTable } from '../../../lambdas/core/tables.ts';
import { cdkCommand } from '../cdk-command.ts';
import { counted } from '../output.ts';
import type { EventSource, StackSchedule, StackTable } from '../stores/stack-parts.ts';
import type { Check, Finding } from './finding.ts';

type Found = Omit<Finding, 'check'>;

function redeploy(stackName: string): string {
  return `Deploy the stack again: \`${cdkCommand('deploy --revert-drift', stackName)}\`.`;
}

export const schedulesEnabled: Check = {
  name: 'schedules',
  async run({ relay, parts }) {
    const schedules = await parts.schedules();
    const found = schedules.flatMap((schedule) => scheduleFindings(schedule, relay.stackName));
    if (found.length > 0) return found;
    return [{ level: 'ok', found: `${counted(schedules.length, 'schedule')}, all enabled.` }];
  },
};

/** `update-schedule` replaces the whole schedule, so it starts from the one that exists. */
function scheduleFindings({ name, state }: StackSchedule, stackName: string): readonly Found[] {
  if (state === 'ENABLED') return [];
  if (state === 'missing')
    return [{ level: 'problem', found: `The schedule ${name} was deleted.`, advice: redeploy(stackName) }];
  const query =
    '{Name:Name,ScheduleExpression:ScheduleExpression,FlexibleTimeWindow:FlexibleTimeWindow,Target:Target}';
  const read = `aws scheduler get-schedule --region us-east-1 --name ${name} --query '${query}' --output json`;
  return [
    {
      level: 'problem',
      found: `The schedule ${name} is disabled: its function does not run.`,
      advice: `Enable it: \`aws scheduler update-schedule --region us-east-1 --state ENABLED --cli-input-json "$(${read})"\`.`,
    },
  ];
}

export const eventSourcesEnabled: Check = {
  name: 'event sources',
  async run({ relay, parts }) {
    const [sources, tables] = await Promise.all([parts.eventSources(), parts.tables()]);
    const streams = tables.flatMap(({ streamArn = [] }) => streamArn);
    const found = sources.flatMap((source) => sourceFindings(source, streams, relay.stackName));
    if (found.length > 0) return found;
    return [{ level: 'ok', found: `${counted(sources.length, 'event source mapping')}, all enabled.` }];
  },
};

function sourceFindings(
  { id, state, source, sourceArn }: EventSource,
  streams: readonly string[],
  stackName: string,
): readonly Found[] {
  if (state === 'missing')
    return [
      { level: 'problem', found: `The event source mapping ${id} was deleted.`, advice: redeploy(stackName) },
    ];
  if (state === 'Disabled' || state === 'Disabling')
    return [
      {
        level: 'problem',
        found: `The event source mapping of ${source} is disabled: its function gets nothing.`,
        advice: `Enable it: \`aws lambda update-event-source-mapping --region us-east-1 --uuid ${id} --enabled\`.`,
      },
    ];
  // A stream that is enabled again has another ARN.
  if (!sourceArn.includes('/stream/') || streams.includes(sourceArn)) return [];
  return [
    {
      level: 'warning',
      found: `An event source mapping reads ${sourceArn}, which is not the stream of the table any more: only \`sweep\` signals new versions, every minute.`,
      advice: redeploy(stackName),
    },
  ];
}

const expected = {
  Records: { ...recordTable, hasStream: true },
  Webhooks: { ...webhookTable, hasStream: false },
  Control: { indexes: {}, hasStream: false },
} as const;

export const tablesReady: Check = {
  name: 'tables',
  async run({ relay, parts }) {
    const tables = await parts.tables();
    const found = tables.flatMap((table) => tableFindings(table, relay.stackName));
    if (found.length > 0) return found;
    return [{ level: 'ok', found: 'All tables and indexes are active.' }];
  },
};

function tableFindings(
  { table, name, status, indexes, streamArn }: StackTable,
  stackName: string,
): readonly Found[] {
  if (status === 'missing')
    return [
      {
        level: 'problem',
        found: `The table ${table} (${name}) was deleted.`,
        advice: `Restore it from its backup (docs/operate.md, Backups). Backups that exist: \`aws dynamodb list-backups --region us-east-1 --table-name ${name} --backup-type ALL\`.`,
      },
    ];
  const findings: Found[] = [];
  // UPDATING serves reads and writes.
  if (status !== 'ACTIVE' && status !== 'UPDATING')
    findings.push({
      level: 'problem',
      found: `The table ${table} (${name}) is ${status}.`,
      advice: `See it: \`aws dynamodb describe-table --region us-east-1 --table-name ${name}\`.`,
    });
  for (const index of Object.values(expected[table].indexes)) {
    const state = indexes.get(index.name);
    if (state === undefined)
      findings.push({
        level: 'problem',
        found: `The index ${index.name} of table ${table} is missing.`,
        advice: redeploy(stackName),
      });
    else if (state !== 'ACTIVE' && state !== 'UPDATING')
      findings.push({
        level: 'warning',
        found: `The index ${index.name} of table ${table} is ${state}: lists that need it are incomplete.`,
        advice: `Wait until it is active: \`aws dynamodb describe-table --region us-east-1 --table-name ${name} --query Table.GlobalSecondaryIndexes[].IndexStatus\`.`,
      });
  }
  if (expected[table].hasStream && streamArn === undefined)
    findings.push({
      level: 'problem',
      found: `The stream of table ${table} is disabled: only \`sweep\` signals new versions, every minute.`,
      advice: redeploy(stackName),
    });
  return findings;
}
