import type { TaskFailure, TaskOperation } from './service-tasks.ts';

/** How an update of an opportunity that AWS reviews is refused. The model does not say. */
export type LockRefusal = 'INVALID_RESOURCE_STATE' | 'ACTION_NOT_PERMITTED' | 'conflict' | 'access-denied';

interface HalfwayFailure {
  readonly halfway?: boolean;
  /**
   * Whether the failed task names nothing that it has made. It is not documented. @default false
   */
  readonly hidesWhatItMade?: boolean;
}

/** What happens to one task. */
export interface TaskPlan {
  /** Time until the task has an effect. 0: the first answer says how it ended. */
  readonly afterMs: number;
  /**
   * Undefined if the task succeeds. An acceptance that fails `halfway` has accepted the invitation,
   * but created no opportunity. Any other task that fails `halfway` has done its work.
   */
  readonly failure?: (TaskFailure & HalfwayFailure) | undefined;
}

/** How writes behave where the documentation is silent. Each can be changed at any time. */
export interface ServiceBehavior {
  /**
   * Resolution of LastModifiedDate. Recorded dates before April 2025 have whole seconds, so that
   * two writes can have the same date.
   */
  readonly timestampResolutionMs: 1 | 1_000;
  /** Whether texts come back trimmed, and amounts with a decimal, as in `531.0`. */
  readonly normalizesValues: boolean;
  /** Whether a ValidationException has an empty Message, so that only its ErrorList has facts. */
  readonly omitsMessages: boolean;
  readonly lockRefusal: LockRefusal;
  /**
   * Whether a token that another operation has used already gets the answer of that operation, and
   * nothing happens. Otherwise each operation has its own tokens.
   */
  readonly sharesTokens: boolean;
  /**
   * How long after the acceptance of an invitation the new opportunity gets its contacts, with an
   * event of its own. Undefined: it gets none.
   */
  readonly contactsAfterMs?: number | undefined;
  readonly planTask: (operation: TaskOperation, id: string) => TaskPlan;
}

export const usualBehavior: ServiceBehavior = {
  timestampResolutionMs: 1,
  normalizesValues: false,
  omitsMessages: false,
  lockRefusal: 'INVALID_RESOURCE_STATE',
  sharesTokens: false,
  planTask: () => ({ afterMs: 0 }),
};
