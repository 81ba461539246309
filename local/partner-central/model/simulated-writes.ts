import type { Json, JsonObject } from '../../../lambdas/core/json.ts';
import type { RecordKind } from '../../../lambdas/core/record.ts';
import { parseEpochMs, toMillisecond } from './aws-timestamps.ts';
import { type EventContent, opportunityEvent } from './partner-events.ts';
import { type ServiceBehavior, usualBehavior } from './service-behavior.ts';
import type { ServiceTasks, TaskFailure, TaskOperation } from './service-tasks.ts';
import type { SimulatedAccount } from './simulated-account.ts';
import type { SimulatedEngagements } from './simulated-engagements.ts';
import type { SimulatedInvitations } from './simulated-invitations.ts';
import type { SimulatedOpportunities } from './simulated-opportunities.ts';
import type { SimulatedRecord } from './simulated-records.ts';
import { TokenTable } from './token-table.ts';

/** A request of the API that changed a record. Software under test does not see this. */
export interface EffectiveWrite {
  readonly operation: string;
  readonly catalog: string;
  readonly kind: RecordKind;
  readonly id: string;
  readonly atMs: number;
  readonly input: JsonObject;
  /** Undefined if the write created the record. */
  readonly before: JsonObject | undefined;
  readonly after: JsonObject;
}

/** The contact that AWS adds to a referred opportunity. */
const referredContact: JsonObject = {
  BusinessTitle: 'Director',
  Email: 'ana@example.com',
  FirstName: 'Ana',
  LastName: 'Carolina Silva',
  Phone: '+12025550123',
};

/** One request: its operation and its body. */
export interface WriteRequest {
  readonly operation: string;
  readonly input: JsonObject;
}

/** How the work of a task ended: with the members that it led to, or not at all. */
export type TaskEnd = { readonly completed: JsonObject } | { readonly failed: TaskFailure };

export interface WritableParts {
  readonly account: SimulatedAccount;
  readonly opportunities: SimulatedOpportunities;
  readonly engagements: SimulatedEngagements;
  readonly invitations: SimulatedInvitations;
  readonly tasks: ServiceTasks;
}

/**
 * The writes of the API. Checks are made by the operations; here a write changes records, is
 * logged, and emits the events of AWS.
 */
export class SimulatedWrites {
  behavior: ServiceBehavior = usualBehavior;
  readonly #parts: WritableParts;
  readonly #tokens = new TokenTable();
  readonly #effective: EffectiveWrite[] = [];

  constructor(parts: WritableParts) {
    this.#parts = parts;
  }

  /** All writes that changed a record, oldest first. */
  get effective(): readonly EffectiveWrite[] {
    return this.#effective;
  }

  nowMs(): number {
    return this.#parts.account.nowMs();
  }

  /** The current record: writes are never judged on stale data. */
  find(catalog: string, kind: RecordKind, id: string): SimulatedRecord | undefined {
    return this.#parts.account.records.find(catalog, kind, id, Number.POSITIVE_INFINITY);
  }

  /** @returns undefined if the token of the request was used with another body */
  once({ operation, input }: WriteRequest, perform: () => () => JsonObject): JsonObject | undefined {
    return this.#tokens.once(operation, input, this.behavior.sharesTokens, perform);
  }

  /** Merges a patch into an opportunity. @returns LastModifiedDate */
  changeOpportunity(request: WriteRequest, record: SimulatedRecord, patch: JsonObject): Json {
    const { catalog, id, body } = record;
    const LastModifiedDate = this.#nextModifiedDate(body);
    this.#write(request, record, () => {
      this.#parts.account.records.merge('opportunity', id, { ...patch, LastModifiedDate });
      return { events: [opportunityEvent('Opportunity Updated', catalog, id)] };
    });
    return LastModifiedDate;
  }

  /** @param body members that are set; others are null */
  createOpportunity(request: WriteRequest, catalog: string, body: JsonObject): SimulatedRecord {
    const { account, opportunities } = this.#parts;
    const id = opportunities.createFrom(catalog, body);
    const created = account.records.get('opportunity', id);
    this.#log(request, created, undefined);
    account.emit({}, [opportunityEvent('Opportunity Created', catalog, id)]);
    return created;
  }

  submitOpportunity(request: WriteRequest, record: SimulatedRecord): void {
    this.#write(request, record, () => ({ events: [this.#parts.opportunities.submit(record.id)] }));
  }

  /** Submits an opportunity to a new engagement, to which AWS is invited. */
  sendForCosell(
    request: WriteRequest,
    record: SimulatedRecord,
  ): { readonly id: string; readonly engagementId: string } {
    return this.#write(request, record, () => this.#parts.invitations.send(record.id));
  }

  /** Accepts a pending invitation. @returns the id of the new opportunity */
  acceptInvitation(request: WriteRequest, record: SimulatedRecord, how: 'task' | 'half'): string | undefined {
    const { opportunityId } = this.#write(request, record, () =>
      this.#parts.invitations.accept(record.id, how),
    );
    if (opportunityId !== undefined) this.#addContactsLater(record.catalog, opportunityId);
    return opportunityId;
  }

  #addContactsLater(catalog: string, opportunityId: string): void {
    const { account } = this.#parts;
    const { contactsAfterMs } = this.behavior;
    if (contactsAfterMs === undefined) return;
    account.after(contactsAfterMs, () => {
      const LastModifiedDate = this.#nextModifiedDate(account.records.get('opportunity', opportunityId).body);
      const patch = { Customer: { Contacts: [referredContact] }, LastModifiedDate };
      account.records.merge('opportunity', opportunityId, patch);
      account.emit({}, [opportunityEvent('Opportunity Updated', catalog, opportunityId)]);
    });
  }

  rejectInvitation(request: WriteRequest, record: SimulatedRecord, reason: Json | undefined): void {
    this.#write(request, record, () => this.#parts.invitations.reject(record.id, reason));
  }

  changeEngagement(request: WriteRequest, record: SimulatedRecord, patch: JsonObject): void {
    this.#write(request, record, () => ({ events: this.#parts.engagements.update(record.id, patch) }));
  }

  /**
   * Starts a task. Its work begins after the planned time, at once if that is 0.
   * @param about members of the answer, such as `EngagementInvitationId`
   * @param work does the work, or half of it
   * @returns the current answer of the task
   */
  startTask(
    operation: TaskOperation,
    { catalog, id }: SimulatedRecord,
    about: JsonObject,
    work: (half: boolean) => TaskEnd,
  ): () => JsonObject {
    const { account, tasks } = this.#parts;
    const task = tasks.start(operation, catalog, about);
    const { afterMs, failure } = this.behavior.planTask(operation, id);
    const run = (): void => {
      const end = failure && !failure.halfway ? { failed: failure } : work(failure !== undefined);
      if ('failed' in end) task.fail(end.failed);
      else if (failure) task.fail(failure, failure.hidesWhatItMade ? {} : end.completed);
      else task.complete(end.completed);
    };
    if (afterMs === 0) run();
    else account.after(afterMs, run);
    return () => task.summary() ?? {};
  }

  #write<Change extends { readonly events: readonly EventContent[] }>(
    request: WriteRequest,
    { kind, id, body }: SimulatedRecord,
    change: () => Change,
  ): Change {
    const { account } = this.#parts;
    const changed = change();
    this.#log(request, account.records.get(kind, id), body);
    account.emit({}, changed.events);
    return changed;
  }

  #log(
    { operation, input }: WriteRequest,
    { catalog, kind, id, body: after }: SimulatedRecord,
    before: JsonObject | undefined,
  ): void {
    this.#effective.push({ operation, catalog, kind, id, atMs: this.nowMs(), input, before, after });
  }

  /** The date of a write now. Only with a resolution of a second two writes can have the same. */
  #nextModifiedDate(body: JsonObject): string {
    const nowMs = this.nowMs();
    const { timestampResolutionMs: resolutionMs } = this.behavior;
    const latestMs = parseEpochMs(body['LastModifiedDate'], nowMs);
    if (resolutionMs === 1) return toMillisecond(Math.max(nowMs, latestMs + 1));
    return toMillisecond(Math.max(Math.floor(nowMs / resolutionMs) * resolutionMs, latestMs));
  }
}
