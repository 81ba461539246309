import type { Endpoint } from '../../../lambdas/core/endpoint.ts';
import { recordPath, type VersionRef } from '../../../lambdas/core/record.ts';

/** One message of a replay. */
export interface Step {
  readonly version: VersionRef;
  /**
   * Versions of its record after the previous message that are not sent. An endpoint with ordering
   * waits for the predecessor of each version, so their deliveries must exist too.
   */
  readonly unsent: readonly VersionRef[];
}

/** @param messages messages of the same record must be in order of version */
export function toSteps(
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
