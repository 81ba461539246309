import type { JsonObject } from '../../../lambdas/core/json.ts';
import { characters } from '../seeded-random.ts';
import { epochMsIn, toMillisecond } from './aws-timestamps.ts';
import { awsSummaryBody, type Deal, opportunityBody } from './opportunity-body.ts';
import { inventOpportunityChange, inventSummaryChange } from './opportunity-changes.ts';
import { type EventContent, opportunityEvent } from './partner-events.ts';
import type { SimulatedAccount } from './simulated-account.ts';
import { merged } from './simulated-records.ts';
import { pickSolutions } from './solutions.ts';

export interface NewOpportunity {
  readonly reviewStatus: 'Pending Submission' | 'Approved';
  /** Merged into the body. @default nothing */
  readonly patch?: JsonObject | undefined;
}

/** Changes opportunities and their AWS-side summaries, and tells what events that makes. */
export class SimulatedOpportunities {
  readonly #account: SimulatedAccount;

  constructor(account: SimulatedAccount) {
    this.#account = account;
  }

  /** @returns its id */
  create(catalog: string, deal: Deal, { reviewStatus, patch = {} }: NewOpportunity): string {
    const { records, random, id: accountId } = this.#account;
    const id = records.newId('opportunity', () => `O${characters(random, '123456789', 8)}`);
    const solutions = pickSolutions(random, catalog);
    const nowMs = this.#account.nowMs();
    const body = opportunityBody(deal, { catalog, id, accountId, nowMs, reviewStatus, solutions });
    records.create(catalog, 'opportunity', id, merged(body, patch));
    return id;
  }

  /** Moves LastModifiedDate on by at least a millisecond, unless `sameStamp`. */
  update(id: string, patch: JsonObject | undefined, sameStamp = false): EventContent {
    const { records, random } = this.#account;
    const { catalog, body } = records.known('opportunity', id);
    const nowMs = this.#account.nowMs();
    const stampMs = Math.max(nowMs, epochMsIn(body['LastModifiedDate'], nowMs - 1) + 1);
    const stamp: JsonObject = sameStamp ? {} : { LastModifiedDate: toMillisecond(stampMs) };
    records.merge('opportunity', id, {
      ...stamp,
      ...(patch ?? inventOpportunityChange(body, random, nowMs)),
    });
    return opportunityEvent('Opportunity Updated', catalog, id);
  }

  createSummary(id: string, origin: 'AWS Referral' | 'Partner Referral'): void {
    const { catalog } = this.#account.records.known('opportunity', id);
    const summary = awsSummaryBody({ catalog, id }, origin);
    this.#account.records.create(catalog, 'aws-opportunity-summary', id, summary);
  }

  updateSummary(id: string, patch: JsonObject | undefined): EventContent {
    const { records, random } = this.#account;
    const { catalog, body } = records.known('aws-opportunity-summary', id);
    const change = patch ?? inventSummaryChange(body, random, this.#account.nowMs());
    records.merge('aws-opportunity-summary', id, change);
    return opportunityEvent('Opportunity Updated', catalog, id);
  }
}
