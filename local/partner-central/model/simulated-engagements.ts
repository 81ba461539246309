import { type JsonObject, textAt } from '../../../lambdas/core/json.ts';
import { epochMsIn, toNanosecond } from './aws-timestamps.ts';
import {
  contextTypesIn,
  inventEngagementChange,
  memberOf,
  membersIn,
  newEngagement,
} from './engagement-body.ts';
import type { Party } from './invitation-body.ts';
import type { Deal } from './opportunity-body.ts';
import { type EventContent, engagementEvent, memberAddedEvent } from './partner-events.ts';
import type { SimulatedAccount } from './simulated-account.ts';
import { merged } from './simulated-records.ts';

export interface EngagementOrigin {
  readonly by: Party;
  readonly contextType: 'CustomerProject' | 'Lead';
  /** Merged into the body. @default nothing */
  readonly patch?: JsonObject | undefined;
}

/**
 * Changes engagements, and tells what events that makes: none while the partner is not a member. Whether an engagement
 * can be read before its invitation is accepted is not documented; here it is denied until then, and never again after.
 */
export class SimulatedEngagements {
  readonly #account: SimulatedAccount;

  constructor(account: SimulatedAccount) {
    this.#account = account;
  }

  /** @returns its id */
  create(catalog: string, deal: Deal, { by, contextType, patch = {} }: EngagementOrigin): string {
    const { records, random, id: accountId } = this.#account;
    const id = records.newId('engagement', () => `eng-${this.#account.lowerCase(14)}`);
    const made = { catalog, id, by, contextType, nowMs: this.#account.nowMs(), random };
    const body = merged(newEngagement(deal, made), patch);
    records.create(catalog, 'engagement', id, body, by.accountId !== accountId);
    return id;
  }

  created(id: string): readonly EventContent[] {
    return this.#told('Created', id);
  }

  updated(id: string): readonly EventContent[] {
    return this.#told('Updated', id);
  }

  update(id: string, patch: JsonObject | undefined): readonly EventContent[] {
    const { records, random } = this.#account;
    const { body } = records.known('engagement', id);
    this.#modify(id, patch ?? inventEngagementChange(body, random, this.#account.nowMs()));
    return this.updated(id);
  }

  /** Whether ModifiedAt moves with a new member is not documented; here it does, as everything else could not be seen in a list. */
  add(id: string, party: Party): readonly EventContent[] {
    const { records, id: accountId } = this.#account;
    const { catalog, body, inaccessible } = records.known('engagement', id);
    const members = [...membersIn(body), memberOf(party)];
    const isMember = !inaccessible || party.accountId === accountId;
    this.#modify(id, { EngagementMemberList: members, MemberCount: members.length }, !isMember);
    return isMember ? [memberAddedEvent(catalog, id, party)] : [];
  }

  /** What AWS tells of it as it now is. */
  #told(outcome: 'Created' | 'Updated', id: string): readonly EventContent[] {
    const { records, id: accountId } = this.#account;
    const { catalog, body, inaccessible } = records.known('engagement', id);
    if (inaccessible) return [];
    const by = textAt(body, outcome === 'Created' ? 'CreatedBy' : 'ModifiedBy') ?? accountId;
    const nowMs = this.#account.nowMs();
    return [engagementEvent(outcome, catalog, { id, by, nowMs, contextTypes: contextTypesIn(body) })];
  }

  /** Moves ModifiedAt on by at least a millisecond. */
  #modify(id: string, patch: JsonObject, inaccessible?: boolean): void {
    const { records, random, id: accountId } = this.#account;
    const { body } = records.known('engagement', id);
    const nowMs = this.#account.nowMs();
    const modifiedMs = epochMsIn(body['ModifiedAt'], epochMsIn(body['CreatedAt'], nowMs - 1));
    const ModifiedAt = toNanosecond(Math.max(nowMs, modifiedMs + 1), random);
    const stamped = { ModifiedAt, ModifiedBy: accountId, ...patch };
    records.merge('engagement', id, stamped, inaccessible);
  }
}
