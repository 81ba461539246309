import type { Instant } from '../core/instant.ts';

/** Whether commands may make calls. A call whose end is unknown is settled in any case. */
export interface CommandSwitch {
  /**
   * `restored`: the Records table is not the one of the last use. An operator resumes commands,
   * once the records are up to date.
   */
  state(): Promise<'running' | 'paused' | 'restored'>;
  pause(now: Instant): Promise<void>;
  /** Also remembers this Records table. */
  resume(now: Instant): Promise<void>;
}
