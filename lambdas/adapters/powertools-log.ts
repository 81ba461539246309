import { Logger } from '@aws-lambda-powertools/logger';
import type { Log } from '../ports/log.ts';

/**
 * Writes one JSON line per call to standard output, with the name of the function and the X-Ray
 * trace id. `logger.addContext` sets the request id for all lines that follow.
 */
export function powertoolsLog(serviceName: string): Log & { readonly logger: Logger } {
  const logger = new Logger({ serviceName });
  return {
    logger,
    info: (event, fields) => logger.info(event, { ...fields }),
    warn: (event, fields) => logger.warn(event, { ...fields }),
    error: (event, fields) => logger.error(event, { ...fields }),
  };
}
