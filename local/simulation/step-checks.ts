import { recordPath } from '../../lambdas/core/record.ts';
import type { Version } from '../../lambdas/core/version.ts';
import type { Post } from '../chaos/chaos-receiver.ts';
import { stepBack, type Tolerance } from '../chaos/check-records.ts';
import type { Violation } from '../chaos/evidence.ts';
import type { Scheduler } from './scheduler.ts';
import type { Trace } from './trace.ts';

export interface StepChecksDeps {
  readonly scheduler: Pick<Scheduler, 'stop'>;
  readonly trace: Trace;
  readonly tolerance: Tolerance;
}

/**
 * Promises that can be checked at the step that could break them. A violation ends the simulation:
 * what follows from it would only be reported too.
 */
export class StepChecks {
  readonly violations: Violation[] = [];
  readonly #deps: StepChecksDeps;
  /** The newest version of each record. */
  readonly #newest = new Map<string, Version>();
  /** Requests that are not answered yet, by message and endpoint. */
  readonly #open = new Map<string, Post>();

  constructor(deps: StepChecksDeps) {
    this.#deps = deps;
  }

  /** A restore removed the newest versions of a record. */
  forget(path: string): void {
    this.#newest.delete(path);
  }

  onStored(version: Version): void {
    const path = recordPath(version);
    const before = this.#newest.get(path);
    this.#newest.set(path, version);
    if (before && version.version !== before.version + 1)
      this.#report(3, path, `version ${version.version} was stored after version ${before.version}`);
    const problem = stepBack(before, version, this.#deps.tolerance.lagMs);
    if (problem !== undefined) this.#report(2, path, `version ${version.version} ${problem}`);
  }

  onPost(post: Post): void {
    const { path, version, verified, webhookId, endpointId } = post;
    if (!verified)
      this.#report(3, path, `version ${version} reached ${endpointId} with an invalid signature`);
    const key = `${webhookId} ${endpointId}`;
    const other = this.#open.get(key);
    if (other && other.endedAtMs === undefined)
      this.#report(9, path, `version ${version} is sent to ${endpointId} twice at the same time`);
    this.#open.set(key, post);
  }

  onQuotaExceeded(operation: string): void {
    this.#report(4, undefined, `${operation} exceeded the quota`);
  }

  #report(promise: Violation['promise'], path: string | undefined, what: string): void {
    this.violations.push({ promise, path, what });
    this.#deps.trace.note('checker', `promise ${promise}: ${path ?? ''} ${what}`);
    this.#deps.scheduler.stop();
  }
}
