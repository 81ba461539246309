import { describe, expect, it } from 'vitest';
import { workersAllowed } from '../../../bin/pcr/doctor/account-checks.ts';
import { alarmStates, alarmTopics } from '../../../bin/pcr/doctor/alarm-checks.ts';
import type { Check } from '../../../bin/pcr/doctor/finding.ts';
import {
  eventSourcesEnabled,
  schedulesEnabled,
  tablesReady,
} from '../../../bin/pcr/doctor/resource-checks.ts';
import type { EventSource, StackAlarm, StackParts } from '../../../bin/pcr/stores/stack-parts.ts';
import { recordTable } from '../../../lambdas/core/tables.ts';
import { leastConcurrency } from '../../../lib/concurrency.ts';
import { checkContext } from '../../builders/check-context.ts';
import { recordStreamArn, stackPartsOf, stackTable } from '../../builders/stack-parts.ts';

/** `level: found → advice` of each finding. */
async function found({ run }: Check, parts: Partial<StackParts> = {}): Promise<readonly string[]> {
  const findings = await run(checkContext({ parts: stackPartsOf(parts) }));
  return findings.map(({ level, found: text, advice }) => `${level}: ${text}${advice ? ` → ${advice}` : ''}`);
}

const checks = [alarmStates, alarmTopics, schedulesEnabled, eventSourcesEnabled, tablesReady, workersAllowed];

it.each(checks)('pcr doctor: $name is fine in a stack in which everything works', async (check) => {
  expect(await found(check)).toEqual([expect.stringMatching(/^ok: /)]);
});

const withAlarm = (members: Partial<StackAlarm>): Partial<StackParts> => ({
  alarms: async () => [{ name: 'Stack-Silence', state: 'OK', notifies: true, isUrgent: false, ...members }],
});

describe('pcr doctor: alarms', () => {
  const since = new Date('2026-03-01T10:00:00Z');

  it.each([
    ['problem', { isUrgent: true }],
    ['warning', { isUrgent: false }],
  ] as const)('a raised alarm is a %s if its members are %j', async (level, members) => {
    const description = 'No event arrives. What to do: docs/runbook.md#silence';
    expect(await found(alarmStates, withAlarm({ state: 'ALARM', since, description, ...members }))).toEqual([
      `${level}: The alarm Stack-Silence is raised since 2026-03-01T10:00:00.000Z. ${description} → Follow the runbook. How often it was raised: \`aws cloudwatch describe-alarm-history --region us-east-1 --alarm-name Stack-Silence --history-item-type StateUpdate\`.`,
    ]);
  });

  it.each([
    [
      'was deleted',
      { state: 'missing', notifies: false },
      'npx cdk deploy --revert-drift -c relay:stackName=Stack',
    ],
    ['notifies no topic', { notifies: false }, 'enable-alarm-actions'],
  ] as const)('an alarm that %s is named with a command that mends it', async (text, members, command) => {
    const [finding = ''] = await found(alarmStates, withAlarm(members));
    expect(finding).toContain(text);
    expect(finding).toContain(command);
  });

  it('an alarm without data is fine', async () => {
    expect(await found(alarmStates, withAlarm({ state: 'INSUFFICIENT_DATA' }))).toEqual([
      'ok: No alarm of 1 is raised.',
    ]);
  });
});

const withTopic = (pending: number): Partial<StackParts> => ({
  topics: async () => [
    { arn: 'arn:aws:sns:us-east-1:111122223333:Urgent', severity: 'urgent', confirmed: 0, pending },
    { arn: 'arn:aws:sns:us-east-1:111122223333:Notice', severity: 'notice', confirmed: 1, pending: 0 },
  ],
});

describe('pcr doctor: notifications', () => {
  it('a topic without a subscription is named with a command that subscribes', async () => {
    expect(await found(alarmTopics, withTopic(0))).toEqual([
      'warning: The urgent alarms reach no person: their topic has no subscription. → Subscribe, with your address: `aws sns subscribe --region us-east-1 --topic-arn arn:aws:sns:us-east-1:111122223333:Urgent --protocol email --notification-endpoint alarms@example.com`.',
    ]);
  });

  it('a subscription that was not confirmed does not count', async () => {
    const [finding, ...others] = await found(alarmTopics, withTopic(1));
    expect(finding).toContain('warning: The urgent alarms reach no person: the subscription');
    expect(others).toEqual([]);
  });
});

describe('pcr doctor: schedules', () => {
  it('a disabled schedule is a problem with a command that enables it', async () => {
    expect(
      await found(schedulesEnabled, { schedules: async () => [{ name: 'Stack-Sweep', state: 'DISABLED' }] }),
    ).toEqual([
      'problem: The schedule Stack-Sweep is disabled: its function does not run. → Enable it: `aws scheduler update-schedule --region us-east-1 --state ENABLED --cli-input-json "$(aws scheduler get-schedule --region us-east-1 --name Stack-Sweep --query \'{Name:Name,ScheduleExpression:ScheduleExpression,FlexibleTimeWindow:FlexibleTimeWindow,Target:Target}\' --output json)"`.',
    ]);
  });

  it('a deleted schedule is a problem', async () => {
    expect(
      await found(schedulesEnabled, { schedules: async () => [{ name: 'Stack-Sweep', state: 'missing' }] }),
    ).toEqual([expect.stringContaining('problem: The schedule Stack-Sweep was deleted.')]);
  });
});

const withSource = (members: Partial<EventSource>): Partial<StackParts> => ({
  eventSources: async () => [
    {
      id: '0a1b2c3d-0000-4000-8000-000000000001',
      state: 'Enabled',
      source: 'Stack-Delivery',
      sourceArn: 'arn:aws:sqs:us-east-1:111122223333:Stack-Delivery',
      ...members,
    },
  ],
});

describe('pcr doctor: event sources', () => {
  it.each(['Disabled', 'Disabling'])('a mapping that is %s is a problem', async (state) => {
    expect(await found(eventSourcesEnabled, withSource({ state }))).toEqual([
      'problem: The event source mapping of Stack-Delivery is disabled: its function gets nothing. → Enable it: `aws lambda update-event-source-mapping --region us-east-1 --uuid 0a1b2c3d-0000-4000-8000-000000000001 --enabled`.',
    ]);
  });

  it('a mapping of the stream of the table is fine, and one of a former stream is named', async () => {
    expect(await found(eventSourcesEnabled, withSource({ sourceArn: recordStreamArn }))).toEqual([
      expect.stringMatching(/^ok: /),
    ]);
    const former = `${recordStreamArn}-before`;
    expect(await found(eventSourcesEnabled, withSource({ sourceArn: former }))).toEqual([
      expect.stringContaining(`warning: An event source mapping reads ${former}`),
    ]);
  });

  it.each([
    [
      1_000,
      60,
      'ok: The functions may take 60 concurrent invocations (relay:concurrency); the account grants 1000',
    ],
    [
      1_000,
      59,
      'Deploy again: `npx cdk deploy -c relay:concurrency=59 -c relay:stackName=Stack`, or request more: `aws service-quotas',
    ],
    [10, leastConcurrency, `npx cdk deploy -c relay:concurrency=${leastConcurrency} -c`],
    [10, leastConcurrency - 1, 'the other functions. → Request more: `aws service-quotas'],
  ])(
    'an account of %i invocations that leaves %i is compared with what the functions may take',
    async (granted, unreserved, text) => {
      expect(
        await found(workersAllowed, { accountConcurrency: async () => ({ granted, unreserved }) }),
      ).toEqual([expect.stringContaining(text)]);
    },
  );
});

const foundIn = (table: ReturnType<typeof stackTable>) => found(tablesReady, { tables: async () => [table] });

describe('pcr doctor: tables', () => {
  const names = Object.keys(recordTable.indexes);

  it('a missing index is a problem, and one that is being built a warning', async () => {
    const [first = '', ...others] = names;
    const table = stackTable('Records', others, recordStreamArn);
    expect(await foundIn(table)).toEqual([
      `problem: The index ${first} of table Records is missing. → Deploy the stack again: \`npx cdk deploy --revert-drift -c relay:stackName=Stack\`.`,
    ]);
    const indexes = new Map([...table.indexes, [first, 'CREATING']]);
    expect(await foundIn({ ...table, indexes })).toEqual([
      expect.stringContaining(`warning: The index ${first} of table Records is CREATING`),
    ]);
  });

  it.each([
    ['the stream is disabled', stackTable('Records', names), 'The stream of table Records is disabled'],
    [
      'the table was deleted',
      { ...stackTable('Records', []), status: 'missing' },
      'The table Records (Stack-Records) was deleted.',
    ],
    [
      'the table is being deleted',
      { ...stackTable('Records', names, recordStreamArn), status: 'DELETING' },
      'The table Records (Stack-Records) is DELETING.',
    ],
  ])('is a problem: %s', async (_what, table, text) => {
    expect(await foundIn(table)).toEqual([expect.stringContaining(`problem: ${text}`)]);
  });
});
