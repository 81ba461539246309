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
  /** Counts: CloudWatch metrics in the namespace of the project. Every invocation emits each of them, 0 where it counted nothing. */
  readonly metrics: readonly string[];
  /** Gauges and samples in the same namespace, each with its unit: emitted where there is a value, and never zeroed. */
  readonly levels?: Readonly<Record<string, LevelUnit>>;
}

/** As CloudWatch names units. */
export type LevelUnit = 'Seconds' | 'Milliseconds' | 'Count';

/** Names of its counts. */
export type CountOf<C extends Contract> = C['metrics'][number];
/** Names of its levels. */
export type LevelOf<C extends Contract> = C extends { readonly levels: infer Levels }
  ? keyof Levels & string
  : never;

/** CloudWatch namespace of every metric of the project. */
export const metricNamespace = 'PartnerCentralRelay';
