import type { Json } from '../../lambdas/core/json.ts';
import { between } from '../partner-central/seeded-random.ts';
import type { Account } from './account.ts';
import type { Faults } from './faults.ts';
import type { LambdaFunction } from './lambda-function.ts';
import type { Scheduler } from './scheduler.ts';
import type { Storage } from './storage.ts';

export interface SchedulesDeps {
  readonly scheduler: Scheduler;
  readonly faults: Faults;
  readonly account: Pick<Account, 'sweep' | 'reconcile'>;
  readonly storage: Pick<Storage, 'nextDueMs'>;
}

const minuteMs = 60_000;
/** The stack invokes `reconcile` every minute. Its passes are due less often, so this is enough. */
const reconcileEveryMs = 5 * minuteMs;

/**
 * The schedules of EventBridge Scheduler: every minute, sometimes late, doubled or missed. Sources:
 * the EventBridge Scheduler user guide, "What is Amazon EventBridge Scheduler?" (at least once) and
 * "Schedule types in EventBridge Scheduler" (a precision of 60 seconds). A minute can be missed,
 * since lib/constructs/minute-schedule.ts allows no retries. After the storm, minutes in which
 * `sweep` would find nothing are left out: they would take most of the time of a run.
 */
export class Schedules {
  readonly #deps: SchedulesDeps;
  #isOn = false;

  constructor(deps: SchedulesDeps) {
    this.#deps = deps;
  }

  start(): void {
    this.#isOn = true;
    const { faults, account } = this.#deps;
    this.#every(minuteMs, () => {
      if (faults.isStorm || this.#isWorkDue()) this.#invoke(account.sweep, undefined);
    });
    this.#every(reconcileEveryMs, () => {
      if (faults.isStorm) this.#invoke(account.reconcile, {});
    });
  }

  /** Until the next `start`: minutes in which nothing would happen take time too. */
  stop(): void {
    this.#isOn = false;
  }

  #isWorkDue(): boolean {
    const { scheduler, storage } = this.#deps;
    return storage.nextDueMs() <= scheduler.nowMs();
  }

  #every(ms: number, run: () => void): void {
    this.#deps.scheduler.after(ms, () => {
      if (!this.#isOn) return;
      run();
      this.#every(ms, run);
    });
  }

  #invoke<Event extends Json | undefined>(target: LambdaFunction<Event>, event: Event): void {
    const { faults, scheduler } = this.#deps;
    const who = `schedule of ${target.name}`;
    const invoke = (): void => target.invoke({ event, onEnd: () => undefined, onThrottled: () => undefined });
    if (faults.strikes('schedule-missed', who, 'misses a minute')) return;
    const isLate = faults.strikes('schedule-late', who, 'is late');
    scheduler.after(isLate ? between(faults.random('schedule-late'), 1_000, 59_000) : 0, invoke);
    if (faults.strikes('schedule-doubled', who, 'invokes twice'))
      scheduler.after(between(faults.random('schedule-doubled'), 0, 5_000), invoke);
  }
}
