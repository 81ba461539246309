import type { Client } from '../../lambdas/core/client.ts';
import type { SentCommand } from './sent-command.ts';

/** What clients may do, and what became of their requests. */
export interface Permissions {
  /** The definitions of clients. A client without one may do everything. */
  readonly clients: readonly Client[];
  /** Commands that were refused because the definition does not allow them. */
  readonly refused: readonly SentCommand[];
  /** When an operator began to approve a command, epoch milliseconds, by the id of the command. */
  readonly approvedFromMs: ReadonlyMap<string, number>;
}
