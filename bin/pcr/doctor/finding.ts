import type { DeployedSettings } from '../deployed-settings.ts';
import type { Io } from '../io.ts';
import type { Relay } from '../relay.ts';
import type { StackParts } from '../stores/stack-parts.ts';

/** A result of a check. */
export interface Finding {
  readonly check: string;
  /** `problem`: something does not work. `warning`: an operator should look. */
  readonly level: 'ok' | 'warning' | 'problem';
  readonly found: string;
  /** What to do about it. */
  readonly advice?: string | undefined;
}

export interface CheckContext {
  readonly relay: Relay;
  /** Read once, when a check first needs them. */
  readonly settings: () => Promise<DeployedSettings>;
  readonly parts: StackParts;
  readonly io: Pick<Io, 'clock' | 'random'>;
}

/**
 * Checks one aspect of the stack. Throws if these credentials may not read it; the other checks
 * continue.
 */
export interface Check {
  readonly name: string;
  readonly run: (examined: CheckContext) => Promise<readonly Omit<Finding, 'check'>[]>;
}
