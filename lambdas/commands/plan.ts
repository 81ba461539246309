import type { CommandRequest } from '../core/command.ts';
import type { LineKey } from '../core/line.ts';
import type { PatchValue } from '../core/merge-patch.ts';
import type { CommandCheck } from './check-command.ts';

/** A command with everything that its acceptance needs. */
export interface Plan {
  readonly kind: 'planned';
  readonly commandId: string;
  readonly request: CommandRequest;
  /** The line that gets its ticket. */
  readonly line: LineKey;
  /** Number of the version that the client saw. Undefined if none is stored yet. */
  readonly basedOn: number | undefined;
  /** The values of the wanted paths in that version. */
  readonly base: readonly PatchValue[];
  /** Id of the command that the request names in `after`. */
  readonly after: string | undefined;
  readonly check: CommandCheck;
}
