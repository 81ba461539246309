import { LogFormatter, Logger, LogItem } from '@aws-lambda-powertools/logger';
import type { LogAttributes, UnformattedAttributes } from '@aws-lambda-powertools/logger/types';
import type { Log } from '../ports/log.ts';

/**
 * Writes one JSON line per call to standard output, with the name of the function and, if X-Ray
 * traces it, the trace id. `logger.addContext` sets the request id for all lines that follow.
 */
export function powertoolsLog(serviceName: string): Log & { readonly logger: Logger } {
  const logger = new Logger({ serviceName, logFormatter: new ShortLines() });
  return {
    logger,
    info: (event, fields) => logger.info(event, { ...fields }),
    warn: (event, fields) => logger.warn(event, { ...fields }),
    error: (event, fields) => logger.error(event, { ...fields }),
  };
}

/** Leaves out what is the same in every line of a function: its ARN, its full name, its memory. */
class ShortLines extends LogFormatter {
  override formatAttributes(line: UnformattedAttributes, fields: LogAttributes): LogItem {
    const { logLevel: level, message, timestamp, serviceName: service, lambdaContext, xRayTraceId } = line;
    const attributes = {
      level,
      message,
      timestamp: this.formatTimestamp(timestamp),
      service,
      // Present in the first lines of an environment only.
      ...(lambdaContext?.coldStart && { cold_start: true }),
      function_request_id: lambdaContext?.awsRequestId,
      xray_trace_id: xRayTraceId,
    };
    return new LogItem({ attributes }).addAttributes(fields);
  }
}
