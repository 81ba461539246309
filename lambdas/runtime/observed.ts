import type { Context } from 'aws-lambda';
import { powertoolsLog } from '../adapters/powertools-log.ts';
import { powertoolsMetrics } from '../adapters/powertools-metrics.ts';
import type { Log } from '../ports/log.ts';
import type { Metrics } from '../ports/metrics.ts';
import { type Contract, metricNamespace } from './contract.ts';

/** What every handler has: a log that carries the request id, and metrics that are written when the invocation ends. */
export interface Observed<Metric extends string> {
  readonly log: Log;
  readonly metrics: Metrics<Metric>;
}

/** Makes a handler of a use case; called once, at cold start. */
export function observed<Event, Result, C extends Contract>(
  contract: C,
  use: (event: Event, observed: Observed<C['metrics'][number]>) => Promise<Result>,
): (event: Event, context: Context) => Promise<Result> {
  const log = powertoolsLog(contract.name);
  const metrics = powertoolsMetrics<C['metrics'][number]>(metricNamespace, contract.name);
  return async (event, context) => {
    log.logger.addContext(context);
    try {
      return await use(event, { log, metrics });
    } finally {
      metrics.publish();
    }
  };
}
