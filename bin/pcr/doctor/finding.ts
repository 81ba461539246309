import type { DeployedSettings } from '../deployed-settings.ts';
import type { Io } from '../io.ts';
import type { Relay } from '../relay.ts';

/** What a check found. */
export interface Finding {
  readonly check: string;
  /** `problem`: something does not work. `warning`: somebody should look. */
  readonly level: 'ok' | 'warning' | 'problem';
  readonly found: string;
  /** What to do about it. */
  readonly advice?: string | undefined;
}

export interface CheckContext {
  readonly relay: Relay;
  /** Asked for once, when a check first needs them. */
  readonly settings: () => Promise<DeployedSettings>;
  readonly io: Pick<Io, 'clock' | 'random'>;
}

/** One thing that is looked at. It throws where these credentials may not look, and the others go on. */
export interface Check {
  readonly name: string;
  readonly run: (examined: CheckContext) => Promise<readonly Omit<Finding, 'check'>[]>;
}
