import type { Account } from './account.ts';
import type { Faults } from './faults.ts';
import type { Operator } from './operator.ts';
import type { Plans } from './plans.ts';
import type { Receivers } from './receivers.ts';
import type { Scheduler } from './scheduler.ts';
import type { Storage } from './storage.ts';
import type { Trace } from './trace.ts';

export interface HandEditsDeps {
  readonly scheduler: Scheduler;
  readonly faults: Faults;
  readonly trace: Trace;
  readonly storage: Storage;
  readonly account: Account;
  readonly receivers: Receivers;
  readonly operator: Operator;
  readonly plans: Plans;
}
