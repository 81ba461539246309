import type { EnvSpec } from './env.ts';

export type { Environment } from './env.ts';

/**
 * What the stack knows about a function. The stack supplies exactly this environment, grants
 * exactly these actions and builds its rules from these detail-types, so they cannot drift apart.
 */
export interface Contract {
  /** Folder of the bundle. */
  readonly name: string;
  readonly environment: EnvSpec;
  /**
   * IAM actions by the resource that they use. An event source grants the actions of its queue or
   * stream by itself.
   */
  readonly actions: Readonly<Record<string, readonly string[]>>;
  /**
   * Partition keys of the rows that it uses, by resource, in a table that holds rows of several
   * kinds. `*` stands for any text.
   * @default all rows of a table
   */
  readonly partitions?: Readonly<Record<string, readonly string[]>>;
  /** Names of CloudWatch counts. Every invocation emits each of them, also if it is 0. */
  readonly metrics: readonly string[];
  /** Names and units of measured values, such as ages. Emitted only if there is a value. */
  readonly levels?: Readonly<Record<string, LevelUnit>>;
}

/** Units of CloudWatch. */
export type LevelUnit = 'Seconds' | 'Milliseconds' | 'Count';

export type CountOf<C extends Contract> = C['metrics'][number];
export type LevelOf<C extends Contract> = C extends { readonly levels: infer Levels }
  ? keyof Levels & string
  : never;

/** CloudWatch namespace of every metric of the project. */
export const metricNamespace = 'PartnerCentralRelay';
