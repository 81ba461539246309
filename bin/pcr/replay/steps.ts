import type { Endpoint } from '../../../lambdas/core/endpoint.ts';
import { recordPath, type VersionRef } from '../../../lambdas/core/record.ts';
import type { StoredVersion } from './selection.ts';

export type ReplayedMessage = Pick<StoredVersion, 'ref' | 'messageId' | 'previousMessageId'>;

/** One message of a replay. */
export interface Step {
  readonly message: ReplayedMessage;
  /**
   * Versions of its record after the previous message that are not sent. An endpoint with ordering
   * waits for the predecessor of each version, so their deliveries must exist too.
   */
  readonly unsent: readonly VersionRef[];
}

/** @param messages messages of the same record must be in order of version */
export function toSteps(
  messages: readonly ReplayedMessage[],
  { ordering }: Pick<Endpoint, 'ordering'>,
): readonly Step[] {
  const last = new Map<string, number>();
  return messages.map((message) => {
    const { ref } = message;
    const path = recordPath(ref);
    const before = last.get(path) ?? ref.version - 1;
    last.set(path, ref.version);
    const between = ordering === 'per-record' ? ref.version - before - 1 : 0;
    const unsent = Array.from({ length: between }, (_, index) => ({ ...ref, version: before + 1 + index }));
    return { message, unsent };
  });
}
