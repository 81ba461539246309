import type { EffectiveWrite } from '../partner-central/model/simulated-writes.ts';

/** A command that a client has sent. */
export interface SentCommand {
  readonly key: string;
  readonly client: string;
  readonly catalog: string;
  /** Path of the record that it changes. */
  readonly target: string;
  readonly action: string;
  /** JSON Pointers that it may change. */
  readonly paths: readonly string[];
  readonly overwrites: boolean;
  /** True if the client has sent it because of a message. */
  readonly isAnswer?: true;
  /** Whether a write of the API did what this command wants, and no other command. */
  readonly isEffect: (write: EffectiveWrite) => boolean;
}
