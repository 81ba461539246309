import type { Log } from '../ports/log.ts';
import type { Metrics } from '../ports/metrics.ts';
import type { Contract, CountOf, LevelOf } from './contract.ts';
import type { Env } from './env.ts';

/** What a function is composed from. All of it lives as long as the execution environment. */
export interface Runtime<C extends Contract> {
  /** The variables that the contract names, parsed. */
  readonly env: Env<C['environment']>;
  /** Each line carries the id of the request that is running. */
  readonly log: Log;
  /** Published at the end of each invocation. */
  readonly metrics: Metrics<CountOf<C>, LevelOf<C>>;
}

/** A runtime with only these variables of the contract. */
export interface RuntimeWith<C extends Contract, Name extends keyof C['environment']>
  extends Omit<Runtime<C>, 'env'> {
  readonly env: Pick<Env<C['environment']>, Name>;
}
