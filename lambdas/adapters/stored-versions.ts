import { recordPath, type VersionRef } from '../core/record.ts';

/** The most versions that a worker remembers. */
const mostRemembered = 1_000;

/** Versions that this worker has seen in the table. They stay there. */
export interface StoredVersions {
  readonly has: (ref: VersionRef) => boolean;
  readonly add: (ref: VersionRef) => void;
}

/** Forgets the oldest ones beyond the limit. */
export function storedVersions(): StoredVersions {
  const names = new Set<string>();
  const nameOf = (ref: VersionRef) => `${recordPath(ref)} ${ref.version}`;
  return {
    has: (ref) => names.has(nameOf(ref)),
    add: (ref) => {
      names.add(nameOf(ref));
      const [oldest] = names;
      if (names.size > mostRemembered && oldest !== undefined) names.delete(oldest);
    },
  };
}
