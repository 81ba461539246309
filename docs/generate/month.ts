import { secretsCachedMs } from '../../lambdas/adapters/secrets-manager-secret-store.ts';
import type { CountedRun, Usage } from './counts.ts';
import { priceOf } from './prices.ts';

const hoursPerMonth = 730;
export const minutesPerMonth = 60 * hoursPerMonth;

/** Functions that run every minute, with or without events. All other functions run for events. */
export const scheduled = ['Reconcile', 'Sweep'];

const gigabyte = 1e9;

export interface CostLine {
  readonly what: string;
  readonly usd: number;
}

/**
 * Estimates the monthly costs of a number of events, without the fixed costs.
 * @param deliverEnvironments maximum environments of `deliver`; each caches a secret for five
 *   minutes, and reads AWSCURRENT alone while there is no AWSPREVIOUS
 */
export function estimateEventCost(
  run: CountedRun,
  events: number,
  deliverEnvironments: number,
): readonly CostLine[] {
  const times = events / run.events;
  const used = Object.entries(run.functions).filter(([name]) => !scheduled.includes(name));
  const sum = (of: (usage: Usage) => number): number =>
    times * used.reduce((total, [, usage]) => total + of(usage), 0);
  const delivered = times * (run.functions['Deliver']?.invocations ?? 0);
  return [
    // EventBridge sends one message per event.
    ...computeLines(sum, events),
    {
      what: 'Secrets Manager calls',
      usd: priceOf(
        'secretCalls',
        // Counted with warm caches, so the calls of each invocation are not in the counts.
        Math.min(delivered, (minutesPerMonth / (secretsCachedMs / 60_000)) * deliverEnvironments),
      ),
    },
    { what: 'Metrics of our own', usd: priceOf('metric', estimateMetrics(used, times)) },
    { what: 'Webhooks out', usd: priceOf('transfer', (times * run.webhookBytes) / gigabyte) },
    {
      what: 'Versions stored and backed up, first month',
      usd: ['storage', 'backup'].reduce(
        (usd, what) =>
          usd + priceOf(what === 'storage' ? 'storage' : 'backup', (times * run.versionBytes) / gigabyte),
        0,
      ),
    },
  ];
}

/**
 * AWS bills a metric for each hour in which it is sent. Sent at random moments, a metric misses
 * some hours.
 * @returns metrics, each for a whole month
 */
function estimateMetrics(used: readonly (readonly [string, Usage])[], times: number): number {
  const sent = new Map<string, number>();
  for (const [, { metrics }] of used)
    for (const [name, count] of Object.entries(metrics)) sent.set(name, (sent.get(name) ?? 0) + count);
  return [...sent.values()].reduce((sum, count) => sum + 1 - Math.exp((-times * count) / hoursPerMonth), 0);
}

/** Estimates the monthly costs of the functions that run every minute. */
export function estimateScheduleCost({ functions }: CountedRun): readonly CostLine[] {
  const sum = (of: (usage: Usage) => number): number =>
    scheduled
      .flatMap((name) => functions[name] ?? [])
      .reduce((total, usage) => total + (minutesPerMonth * of(usage)) / usage.invocations, 0);
  return [
    ...computeLines(sum, 0),
    { what: 'EventBridge Scheduler', usd: priceOf('schedules', scheduled.length * minutesPerMonth) },
  ];
}

/** @param sent messages to queues that come from AWS, not from a function */
function computeLines(sum: (of: (usage: Usage) => number) => number, sent: number): readonly CostLine[] {
  return [
    {
      what: 'Lambda',
      usd:
        priceOf(
          'lambdaRequests',
          sum(({ invocations }) => invocations),
        ) + computeLambdaSeconds(sum),
    },
    {
      what: 'DynamoDB writes',
      usd: priceOf(
        'writeUnits',
        sum(({ writeUnits }) => total(writeUnits)),
      ),
    },
    {
      what: 'DynamoDB reads',
      usd: priceOf(
        'readUnits',
        sum(({ readUnits }) => total(readUnits)),
      ),
    },
    {
      what: 'SQS',
      usd: priceOf('sqsRequests', sent + sum(({ sqsRequests }) => sqsRequests)),
    },
    { what: 'Logs', usd: priceOf('logs', sum(({ logBytes }) => logBytes) / gigabyte) },
  ];
}

const computeLambdaSeconds = (sum: (of: (usage: Usage) => number) => number): number =>
  priceOf(
    'lambdaSeconds',
    sum(({ durationMs, memoryMb }) => (durationMs / 1_000) * (memoryMb / 1_024)),
  );

/**
 * Estimates the cost of one additional second per invocation, for cold starts and for network
 * delays that the machine that counted does not have.
 */
export function estimateSlownessCost(run: CountedRun, events: number): number {
  const used = Object.entries(run.functions).filter(([name]) => !scheduled.includes(name));
  return used.reduce(
    (usd, [, { invocations, memoryMb }]) =>
      usd + priceOf('lambdaSeconds', (events / run.events) * invocations * (memoryMb / 1_024)),
    0,
  );
}

export const total = (units: Readonly<Record<string, number>>): number =>
  Object.values(units).reduce((sum, each) => sum + each, 0);

export const sumDollars = (lines: readonly CostLine[]): number =>
  lines.reduce((sum, { usd }) => sum + usd, 0);
