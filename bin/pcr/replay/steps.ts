import type { Endpoint } from '../../../lambdas/core/endpoint.ts';
import { recordPath, type VersionRef } from '../../../lambdas/core/record.ts';

/** One message of a replay. */
export interface Step {
  readonly version: VersionRef;
  /**
   * Versions of its record since the message before it, which are not sent. At an endpoint with ordering they are waited for
   * like the others: without them the message would not know of the one before it.
   */
  readonly unsent: readonly VersionRef[];
}

/** @param messages those of one record in their order */
export function stepsOf(
  messages: readonly VersionRef[],
  { ordering }: Pick<Endpoint, 'ordering'>,
): readonly Step[] {
  const last = new Map<string, number>();
  return messages.map((version) => {
    const path = recordPath(version);
    const before = last.get(path) ?? version.version - 1;
    last.set(path, version.version);
    const between = ordering === 'per-record' ? version.version - before - 1 : 0;
    const unsent = Array.from({ length: between }, (_, index) => ({
      ...version,
      version: before + 1 + index,
    }));
    return { version, unsent };
  });
}
