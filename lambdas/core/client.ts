import type { Catalog } from './catalogs.ts';
import type { CommandAction } from './command.ts';

/**
 * Software that sends commands and signs them, and what it may do. Stored in the Webhooks table.
 * Callers with credentials of AWS are no clients of this kind: IAM says what they may do.
 */
export interface Client {
  /** Also the name of the client in its commands. */
  readonly id: string;
  readonly description?: string | undefined;
  /** Everything that it sends is refused. What it has sent before goes on. */
  readonly disabled: boolean;
  /** The actions it may ask for. The setting `relay:commands` limits them too. */
  readonly actions: readonly CommandAction[];
  readonly catalogs: readonly Catalog[];
  /**
   * JSON Pointers into the record, with `*` for any element or member: what it may change. An empty
   * pointer is the whole record.
   */
  readonly writable: readonly string[];
  /** JSON Pointers to what it may neither change nor see, also inside of `writable`. */
  readonly never: readonly string[];
  /** Requests that are answered in a minute. The others are refused. */
  readonly requestsPerMinute: number;
  readonly approval: Approval;
}

/**
 * The commands that wait for an operator, also with `irreversible`. Others that cannot be undone
 * wait unless the request confirms them.
 */
export type Approval = 'never' | 'always' | readonly CommandAction[];
