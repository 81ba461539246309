import type { CountedRun, Usage } from './counts.ts';
import { costOf } from './prices.ts';

/** Of a month of 730 hours. */
export const minutes = 43_800;

/** What is called every minute, whether there are events or not; everything else works for events. */
const scheduled = ['Reconcile', 'Sweep'];

const gigabyte = 1e9;

export interface Line {
  readonly what: string;
  readonly usd: number;
}

/**
 * What a month costs that has so many events, beside what it costs without any.
 * @param deliverEnvironments the most environments of `deliver`: each asks for a secret once a minute at most
 */
export function costOfEvents(run: CountedRun, events: number, deliverEnvironments: number): readonly Line[] {
  const times = events / run.events;
  const used = Object.entries(run.functions).filter(([name]) => !scheduled.includes(name));
  const sum = (of: (usage: Usage) => number): number =>
    times * used.reduce((total, [, usage]) => total + of(usage), 0);
  const delivered = times * (run.functions['Deliver']?.invocations ?? 0);
  return [
    // EventBridge's own message to the queue.
    ...computing(sum, events),
    {
      what: 'Secrets Manager calls',
      usd: costOf('secretCalls', Math.min(delivered, minutes * deliverEnvironments)),
    },
    { what: 'Webhooks out', usd: costOf('transfer', (times * run.webhookBytes) / gigabyte) },
    {
      what: 'Versions stored and backed up, first month',
      usd: ['storage', 'backup'].reduce(
        (usd, what) =>
          usd + costOf(what === 'storage' ? 'storage' : 'backup', (times * run.versionBytes) / gigabyte),
        0,
      ),
    },
  ];
}

/** What the two functions cost that are called every minute. */
export function costOfSchedules({ functions }: CountedRun): readonly Line[] {
  const sum = (of: (usage: Usage) => number): number =>
    scheduled
      .flatMap((name) => functions[name] ?? [])
      .reduce((total, usage) => total + (minutes * of(usage)) / usage.invocations, 0);
  return [
    ...computing(sum, 0),
    { what: 'EventBridge Scheduler', usd: costOf('schedules', scheduled.length * minutes) },
  ];
}

/** @param sent messages to queues that no function sent */
function computing(sum: (of: (usage: Usage) => number) => number, sent: number): readonly Line[] {
  return [
    {
      what: 'Lambda',
      usd:
        costOf(
          'lambdaRequests',
          sum(({ invocations }) => invocations),
        ) + seconds(sum),
    },
    {
      what: 'DynamoDB writes',
      usd: costOf(
        'writeUnits',
        sum(({ writeUnits }) => total(writeUnits)),
      ),
    },
    {
      what: 'DynamoDB reads',
      usd: costOf(
        'readUnits',
        sum(({ readUnits }) => total(readUnits)),
      ),
    },
    {
      what: 'SQS',
      usd: costOf('sqsRequests', sent + sum(({ sqsRequests }) => sqsRequests)),
    },
    { what: 'Logs', usd: costOf('logs', sum(({ logBytes }) => logBytes) / gigabyte) },
    {
      what: 'X-Ray',
      usd: costOf(
        'traces',
        sum(({ invocations }) => invocations),
      ),
    },
  ];
}

const seconds = (sum: (of: (usage: Usage) => number) => number): number =>
  costOf(
    'lambdaSeconds',
    sum(({ durationMs, memoryMb }) => (durationMs / 1_000) * (memoryMb / 1_024)),
  );

/** What one second more in each invocation for events costs: cold starts, and networks that this machine has not. */
export function costOfSlowness(run: CountedRun, events: number): number {
  const used = Object.entries(run.functions).filter(([name]) => !scheduled.includes(name));
  return used.reduce(
    (usd, [, { invocations, memoryMb }]) =>
      usd + costOf('lambdaSeconds', (events / run.events) * invocations * (memoryMb / 1_024)),
    0,
  );
}

export const total = (units: Readonly<Record<string, number>>): number =>
  Object.values(units).reduce((sum, each) => sum + each, 0);

export const totalOf = (lines: readonly Line[]): number => lines.reduce((sum, { usd }) => sum + usd, 0);
