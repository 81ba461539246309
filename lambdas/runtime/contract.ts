import { type EnvSpec, text } from './env.ts';

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
   * kinds: for all its actions, or for those that need fewer rows. `*` stands for any text.
   * @default all rows of a table
   */
  readonly partitions?: Readonly<Record<string, Partitions>>;
  /** Names of CloudWatch counts. A count is sent only if it is not 0. */
  readonly metrics: readonly string[];
  /** Names and units of measured values, such as ages. Sent only if there is a value. */
  readonly levels?: Readonly<Record<string, LevelUnit>>;
}

export type Partitions = readonly string[] | Readonly<Record<string, readonly string[]>>;

/** The partitions for an action; undefined for all rows. */
export function partitionsFor(
  partitions: Partitions | undefined,
  action: string,
): readonly string[] | undefined {
  if (partitions === undefined || isForAllActions(partitions)) return partitions;
  return partitions[action];
}

export function isForAllActions(partitions: Partitions): partitions is readonly string[] {
  return Array.isArray(partitions);
}

/** Units of CloudWatch. */
export type LevelUnit = 'Seconds' | 'Milliseconds' | 'Count';

export type CountOf<C extends Contract> = C['metrics'][number];
export type LevelOf<C extends Contract> = C extends { readonly levels: infer Levels }
  ? keyof Levels & string
  : never;

/** CloudWatch namespace of every metric of the project. */
export const metricNamespace = 'PartnerCentralRelay';

/** Read by every function, beside the variables of its contract. */
export const sharedEnvironment = {
  /** Dimension of every metric, so that the metrics of two stacks in one account do not mix. */
  STACK_NAME: text,
} as const;

/**
 * AWS bills each name for each hour in which it is sent, so an alarm must be right without values.
 * A name means the same in every contract: all functions of a stack add to one metric.
 */
export const metricDimension = 'stack';

/** What a function that stores versions does with items of the Records table. */
export const storingActions = [
  'dynamodb:BatchGetItem',
  'dynamodb:BatchWriteItem',
  'dynamodb:ConditionCheckItem',
  'dynamodb:DeleteItem',
  'dynamodb:PutItem',
  'dynamodb:UpdateItem',
] as const;
