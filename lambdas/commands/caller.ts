import type { Client } from '../core/client.ts';

/** Who sends a request, as its door knows it. */
export interface Caller {
  /** The name of the client in its commands: its id, or the ARN of `clientOf`. */
  readonly name: string;
  /** Undefined for a caller with credentials of AWS: IAM says what it may do. */
  readonly client?: Client | undefined;
}
