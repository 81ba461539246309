import type { MessageId } from '../core/ids.ts';
import { recordPath, type VersionRef } from '../core/record.ts';

/** The most versions that a worker remembers. */
const mostRemembered = 1_000;

/** With its message: after a restore, the number may stand for another version. */
type NamedVersion = VersionRef & { readonly messageId?: MessageId };

/** Versions that this worker has stored or seen in the table. They stay there. */
export interface StoredVersions {
  readonly has: (version: NamedVersion) => boolean;
  readonly add: (version: NamedVersion) => void;
}

/** Forgets the oldest ones beyond the limit. */
export function storedVersions(): StoredVersions {
  const names = new Set<string>();
  return {
    has: (version) => names.has(nameOf(version)),
    add: (version) => {
      names.add(nameOf(version));
      const [oldest] = names;
      if (names.size > mostRemembered && oldest !== undefined) names.delete(oldest);
    },
  };
}

function nameOf({ messageId, ...ref }: NamedVersion): string {
  return `${recordPath(ref)} ${ref.version} ${messageId}`;
}
