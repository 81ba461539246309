import type { Context } from 'aws-lambda';
import { powertoolsLog } from '../adapters/powertools-log.ts';
import { powertoolsMetrics } from '../adapters/powertools-metrics.ts';
import { errorName, ServiceError } from '../core/service-error.ts';
import type { Log } from '../ports/log.ts';
import type { Metrics } from '../ports/metrics.ts';
import { type Contract, type CountOf, type LevelOf, metricNamespace } from './contract.ts';

/** What every handler has: a log that carries the request id, and metrics that are written when the invocation ends. */
export interface Observed<C extends Contract> {
  readonly log: Log;
  readonly metrics: Metrics<CountOf<C>, LevelOf<C>>;
}

/** Makes a handler of a use case; called once, at cold start. */
export function observed<Event, Result, C extends Contract>(
  contract: C,
  use: (event: Event, observed: Observed<C>) => Promise<Result>,
): (event: Event, context: Context) => Promise<Result> {
  const log = powertoolsLog(contract.name);
  const metrics = powertoolsMetrics<CountOf<C>, LevelOf<C>>(metricNamespace, contract.name, {
    counts: contract.metrics,
    levels: contract.levels ?? {},
  });
  return async (event, context) => {
    log.logger.addContext(context);
    try {
      return await use(event, { log, metrics });
    } catch (error) {
      throw speechless(error);
    } finally {
      metrics.publish();
    }
  };
}

/** Lambda prints what an invocation fails with, every member of it. An error that nobody foresaw may hold a payload: its name and where it arose are enough. */
function speechless(error: unknown): Error {
  if (error instanceof ServiceError) return error;
  const told = new Error(`unforeseen: ${errorName(error)}`);
  const frames =
    error instanceof Error ? (error.stack?.split('\n').filter((line) => /^ +at /.test(line)) ?? []) : [];
  told.stack = [told.message, ...frames].join('\n');
  return told;
}
