import type { Context } from 'aws-lambda';
import { powertoolsLog } from '../adapters/powertools-log.ts';
import { powertoolsMetrics } from '../adapters/powertools-metrics.ts';
import { errorName, ServiceError } from '../core/service-error.ts';
import {
  type Contract,
  type CountOf,
  type LevelOf,
  metricDimension,
  metricNamespace,
  sharedEnvironment,
} from './contract.ts';
import { readEnv } from './env.ts';
import type { Runtime } from './runtime.ts';

/**
 * Makes the handler that Lambda calls.
 * @param compose called once, at cold start; returns the function that handles one event
 * @throws ServiceError `environment.invalid` if a variable of the contract is missing or invalid.
 */
export function lambdaHandler<C extends Contract, Event, Result>(
  contract: C,
  compose: (runtime: Runtime<C>) => (event: Event) => Promise<Result>,
): (event: Event, context: Context) => Promise<Result> {
  const env = readEnv(contract.environment, process.env);
  const { STACK_NAME } = readEnv(sharedEnvironment, process.env);
  const log = powertoolsLog(contract.name);
  const metrics = powertoolsMetrics<CountOf<C>, LevelOf<C>>(
    metricNamespace,
    { [metricDimension]: STACK_NAME },
    contract.levels ?? {},
  );
  const handle = compose({ env, log, metrics });
  return async (event, context) => {
    log.logger.addContext(context);
    try {
      return await handle(event);
    } catch (error) {
      throw withoutContents(error);
    } finally {
      metrics.publish();
    }
  };
}

/**
 * Lambda logs every member of the error that an invocation fails with. An unexpected error may hold
 * a payload, so only its name and its stack frames are kept. A `ServiceError` is safe to log.
 */
function withoutContents(error: unknown): Error {
  if (error instanceof ServiceError) return error;
  const safe = new Error(`unexpected error: ${errorName(error)}`);
  const frames =
    error instanceof Error ? (error.stack?.split('\n').filter((line) => /^ +at /.test(line)) ?? []) : [];
  safe.stack = [safe.message, ...frames].join('\n');
  return safe;
}
