import type { JsonObject } from '../../../lambdas/core/json.ts';
import { toNanosecond } from './aws-timestamps.ts';
import type { SimulatedAccount } from './simulated-account.ts';

export type TaskOperation =
  | 'StartEngagementByAcceptingInvitationTask'
  | 'StartEngagementFromOpportunityTask'
  | 'StartOpportunityFromEngagementTask';

const resources: Readonly<Record<TaskOperation, string>> = {
  StartEngagementByAcceptingInvitationTask: 'engagement-by-accepting-invitation-task',
  StartEngagementFromOpportunityTask: 'engagement-from-opportunity-task',
  StartOpportunityFromEngagementTask: 'opportunity-from-engagement-task',
};

/** Why a task failed. The answer is HTTP 200 all the same. */
export interface TaskFailure {
  readonly reasonCode: string;
  readonly message: string;
}

/** What a list of tasks returns of a task at some time. */
export interface ListedTask {
  readonly startedAtMs: number;
  /** The answer of the operation that started the task, and its item in the list. */
  readonly summary: JsonObject;
}

/** One task that the service works on after it has answered the request. */
export class ServiceTask {
  readonly operation: TaskOperation;
  readonly catalog: string;
  readonly startedAtMs: number;
  readonly #nowMs: () => number;
  readonly #states: { readonly sinceMs: number; readonly summary: JsonObject }[];

  constructor(account: SimulatedAccount, operation: TaskOperation, catalog: string, about: JsonObject) {
    this.operation = operation;
    this.catalog = catalog;
    this.startedAtMs = account.nowMs();
    this.#nowMs = () => account.nowMs();
    const id = `task-${account.randomIdPart(13)}`;
    const summary = {
      Message: null,
      OpportunityId: null,
      // Recorded answers hold the text "null", not null.
      ReasonCode: 'null',
      ResourceSnapshotJobId: `job-${account.randomIdPart(13)}`,
      StartTime: toNanosecond(this.startedAtMs, account.random),
      TaskArn: `arn:aws:partnercentral:us-east-1::catalog/${catalog}/${resources[operation]}/${id}`,
      TaskId: id,
      TaskStatus: 'IN_PROGRESS',
      ...about,
    };
    this.#states = [{ sinceMs: this.startedAtMs, summary }];
  }

  /** @param members what the task led to, such as `OpportunityId` */
  complete(members: JsonObject): void {
    this.#advance({ ...members, TaskStatus: 'COMPLETE' });
  }

  /** @param made members that the task led to before it failed */
  fail({ reasonCode, message }: TaskFailure, made: JsonObject = {}): void {
    this.#advance({ ...made, Message: message, ReasonCode: reasonCode, TaskStatus: 'FAILED' });
  }

  /** The task at a time; undefined before it was started. @default now */
  summary(asOfMs = Number.POSITIVE_INFINITY): JsonObject | undefined {
    return this.#states.findLast(({ sinceMs }) => sinceMs <= asOfMs)?.summary;
  }

  #advance(members: JsonObject): void {
    this.#states.push({ sinceMs: this.#nowMs(), summary: { ...this.summary(), ...members } });
  }
}

/** All tasks of a partner, oldest first. */
export class ServiceTasks {
  readonly #account: SimulatedAccount;
  readonly #tasks: ServiceTask[] = [];

  constructor(account: SimulatedAccount) {
    this.#account = account;
  }

  /** @param about members of the answer, such as `EngagementInvitationId` */
  start(operation: TaskOperation, catalog: string, about: JsonObject): ServiceTask {
    const task = new ServiceTask(this.#account, operation, catalog, about);
    this.#tasks.push(task);
    return task;
  }

  /** The tasks of one operation at a time, oldest first. */
  list(operation: TaskOperation, catalog: string, asOfMs: number): readonly ListedTask[] {
    return this.#tasks
      .filter((task) => task.operation === operation && task.catalog === catalog)
      .flatMap((task) => {
        const summary = task.summary(asOfMs);
        return summary ? [{ startedAtMs: task.startedAtMs, summary }] : [];
      });
  }
}
