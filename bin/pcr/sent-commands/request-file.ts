import type { Acceptance } from '../../../lambdas/commands/accept.ts';
import type { Json } from '../../../lambdas/core/json.ts';
import { tryParseJson } from '../../../lambdas/core/json-text.ts';
import { UsageError } from '../errors.ts';
import { fileText } from '../file-text.ts';

/** @throws UsageError if the file is not JSON */
export function readRequest(file: string): Json {
  const request = tryParseJson(fileText('<file>', file));
  if (request !== undefined) return request;
  throw new UsageError(`<file> ${file}: not JSON; allowed: the request of a command, see docs/commands.md`);
}

type Refused = Extract<Acceptance, { kind: 'refused' }>;

/** An error that names every problem of the request. Nothing was stored. */
export function refusedRequest({ refusal: { code, message, problems } }: Refused): UsageError {
  if (problems.length === 0) return new UsageError(`${code}: ${message}`);
  return new UsageError(
    ...problems.map((problem) => `${code}: ${problem.path || 'the request'}: ${problem.message}`),
  );
}
