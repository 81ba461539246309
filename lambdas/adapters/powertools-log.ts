import { Logger } from '@aws-lambda-powertools/logger';
import type { Log } from '../ports/log.ts';

/** One JSON line per call on standard output, with the function's name, its request id and the X-Ray trace id. */
export function powertoolsLog(serviceName: string): Log & { readonly logger: Logger } {
  const logger = new Logger({ serviceName });
  return {
    logger,
    info: (event, fields) => logger.info(event, { ...fields }),
    warn: (event, fields) => logger.warn(event, { ...fields }),
    error: (event, fields) => logger.error(event, { ...fields }),
  };
}
