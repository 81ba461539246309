import type { EnvSpec } from './env.ts';

export type { Environment } from './env.ts';

/**
 * What a function says of itself, and all that the stack may know of it: the stack supplies exactly this environment,
 * grants exactly these actions and builds its rules from these detail-types, so none of them can drift.
 */
export interface Contract {
  /** Folder of the bundle. */
  readonly name: string;
  readonly environment: EnvSpec;
  /** IAM actions by the resource they are used on. Taking messages from a queue or a stream is granted with the event source. */
  readonly actions: Readonly<Record<string, readonly string[]>>;
  /** CloudWatch metrics it emits, in the namespace of the project. */
  readonly metrics: readonly string[];
}

/** CloudWatch namespace of every metric of the project. */
export const metricNamespace = 'PartnerCentralRelay';
