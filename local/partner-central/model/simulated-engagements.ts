import { type JsonObject, textAt } from '../../../lambdas/core/json.ts';
import { parseEpochMs, toNanosecond } from './aws-timestamps.ts';
import {
  type ContextType,
  contextTypesIn,
  generateEngagementChange,
  membersIn,
  newEngagement,
  toMember,
} from './engagement-body.ts';
import type { Party } from './invitation-body.ts';
import type { Deal } from './opportunity-body.ts';
import { type EventContent, engagementEvent, memberAddedEvent } from './partner-events.ts';
import type { SimulatedAccount } from './simulated-account.ts';
import { mergePatch } from './simulated-records.ts';

export interface EngagementOrigin {
  readonly by: Party;
  readonly contextType: ContextType;
  /** Merged into the body. @default nothing */
  readonly patch?: JsonObject | undefined;
}

/**
 * Changes engagements and returns the events of each change. There are no events while the partner
 * is not a member. It is not documented whether an engagement can be read before its invitation is
 * accepted; here reads are denied until then.
 */
export class SimulatedEngagements {
  readonly #account: SimulatedAccount;

  constructor(account: SimulatedAccount) {
    this.#account = account;
  }

  /** @returns the id of the new engagement */
  create(catalog: string, deal: Deal, { by, contextType, patch = {} }: EngagementOrigin): string {
    const { records, random, id: accountId } = this.#account;
    const id = records.newId('engagement', () => `eng-${this.#account.randomIdPart(14)}`);
    const props = { catalog, id, by, contextType, nowMs: this.#account.nowMs(), random };
    const body = mergePatch(newEngagement(deal, props), patch);
    records.create(catalog, 'engagement', id, body, by.accountId !== accountId);
    return id;
  }

  createdEvents(id: string): readonly EventContent[] {
    return this.#eventsOf('Created', id);
  }

  updatedEvents(id: string): readonly EventContent[] {
    return this.#eventsOf('Updated', id);
  }

  update(id: string, patch: JsonObject | undefined): readonly EventContent[] {
    const { records, random } = this.#account;
    const { body } = records.get('engagement', id);
    this.#modify(id, patch ?? generateEngagementChange(body, random, () => this.#account.generateDeal()));
    return this.updatedEvents(id);
  }

  /** Sets ModifiedAt, which is not documented. Otherwise lists would not reflect the new member. */
  addMember(id: string, party: Party): readonly EventContent[] {
    const { records, id: accountId } = this.#account;
    const { catalog, body, inaccessible } = records.get('engagement', id);
    const members = [...membersIn(body), toMember(party)];
    const isMember = !inaccessible || party.accountId === accountId;
    this.#modify(id, { EngagementMemberList: members, MemberCount: members.length }, !isMember);
    return isMember ? [memberAddedEvent(catalog, id, party)] : [];
  }

  /** Returns the event of the engagement, or no event if the partner is not a member. */
  #eventsOf(outcome: 'Created' | 'Updated', id: string): readonly EventContent[] {
    const { records, id: accountId } = this.#account;
    const { catalog, body, inaccessible } = records.get('engagement', id);
    if (inaccessible) return [];
    const by = textAt(body, outcome === 'Created' ? 'CreatedBy' : 'ModifiedBy') ?? accountId;
    const nowMs = this.#account.nowMs();
    return [engagementEvent(outcome, catalog, { id, by, nowMs, contextTypes: contextTypesIn(body) })];
  }

  /** Advances ModifiedAt by at least one millisecond. */
  #modify(id: string, patch: JsonObject, inaccessible?: boolean): void {
    const { records, random, id: accountId } = this.#account;
    const { body } = records.get('engagement', id);
    const nowMs = this.#account.nowMs();
    const modifiedMs = parseEpochMs(body['ModifiedAt'], parseEpochMs(body['CreatedAt'], nowMs - 1));
    const ModifiedAt = toNanosecond(Math.max(nowMs, modifiedMs + 1), random);
    records.merge('engagement', id, { ModifiedAt, ModifiedBy: accountId, ...patch }, inaccessible);
  }
}
