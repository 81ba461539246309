import { type JsonObject, textAt } from '../../../lambdas/core/json.ts';
import { characters } from '../seeded-random.ts';
import { parseEpochMs, toMillisecond } from './aws-timestamps.ts';
import { awsSummaryBody, type Deal, dealOf, opportunityBody } from './opportunity-body.ts';
import { generateOpportunityChange, generateSummaryChange } from './opportunity-changes.ts';
import { replacementPatch } from './opportunity-write.ts';
import { type EventContent, opportunityEvent } from './partner-events.ts';
import type { SimulatedAccount } from './simulated-account.ts';
import { mergePatch } from './simulated-records.ts';
import { pickSolutions } from './solutions.ts';

export interface NewOpportunity {
  readonly reviewStatus: 'Pending Submission' | 'Approved';
  /** Merged into the body. @default nothing */
  readonly patch?: JsonObject | undefined;
}

/** Creates and updates opportunities and their AWS-side summaries. An update returns its event. */
export class SimulatedOpportunities {
  readonly #account: SimulatedAccount;

  constructor(account: SimulatedAccount) {
    this.#account = account;
  }

  /** @returns the id of the new opportunity */
  create(catalog: string, deal: Deal, { reviewStatus, patch = {} }: NewOpportunity): string {
    const { records, random, id: accountId } = this.#account;
    const id = records.newId('opportunity', () => `O${characters(random, '123456789', 8)}`);
    const solutions = pickSolutions(random, catalog);
    const nowMs = this.#account.nowMs();
    const body = opportunityBody(deal, { catalog, id, accountId, nowMs, reviewStatus, solutions });
    records.create(catalog, 'opportunity', id, mergePatch(body, patch));
    return id;
  }

  /**
   * Creates an opportunity that has only these members. @returns the id of the new opportunity
   * @param given members of CreateOpportunity
   */
  createFrom(catalog: string, given: JsonObject): string {
    const { records, random, id: accountId } = this.#account;
    const id = records.newId('opportunity', () => `O${characters(random, '123456789', 8)}`);
    const nowMs = this.#account.nowMs();
    const origin = {
      catalog,
      id,
      accountId,
      nowMs,
      reviewStatus: 'Pending Submission',
      solutions: [],
    } as const;
    const body = opportunityBody(dealOf(given), origin);
    const written = mergePatch(body, replacementPatch(body, given, nowMs));
    const { OpportunityTeam = body['OpportunityTeam'] ?? null } = given;
    const LifeCycle = {
      ReviewStatus: 'Pending Submission',
      Stage: textAt(given, 'LifeCycle', 'Stage') ?? 'Prospect',
    };
    records.create(catalog, 'opportunity', id, mergePatch(written, { OpportunityTeam, LifeCycle }));
    return id;
  }

  /**
   * Advances LastModifiedDate by at least one millisecond, unless `sameTimestamp` is true.
   * @param patch undefined for a random change
   */
  update(id: string, patch: JsonObject | undefined, sameTimestamp = false): EventContent {
    const { records, random } = this.#account;
    const { catalog, body } = records.get('opportunity', id);
    const nowMs = this.#account.nowMs();
    const modifiedAtMs = Math.max(nowMs, parseEpochMs(body['LastModifiedDate'], nowMs - 1) + 1);
    const timestamp: JsonObject = sameTimestamp ? {} : { LastModifiedDate: toMillisecond(modifiedAtMs) };
    records.merge('opportunity', id, {
      ...timestamp,
      ...(patch ?? generateOpportunityChange(body, random, nowMs)),
    });
    return opportunityEvent('Opportunity Updated', catalog, id);
  }

  /**
   * Sets ReviewStatus to Submitted. The first submission creates the summary of AWS, which
   * GetAwsOpportunitySummary does not find before.
   */
  submit(id: string): EventContent {
    const { catalog } = this.#account.records.get('opportunity', id);
    const isFirst = !this.#account.records.find(
      catalog,
      'aws-opportunity-summary',
      id,
      Number.POSITIVE_INFINITY,
    );
    if (isFirst) this.createSummary(id, 'Partner Referral');
    return this.update(id, { LifeCycle: { ReviewStatus: 'Submitted' } });
  }

  createSummary(id: string, origin: 'AWS Referral' | 'Partner Referral'): void {
    const { catalog } = this.#account.records.get('opportunity', id);
    const summary = awsSummaryBody({ catalog, id }, origin);
    this.#account.records.create(catalog, 'aws-opportunity-summary', id, summary);
  }

  /** @param patch undefined for a random change */
  updateSummary(id: string, patch: JsonObject | undefined): EventContent {
    const { records, random } = this.#account;
    const { catalog, body } = records.get('aws-opportunity-summary', id);
    const change = patch ?? generateSummaryChange(body, random, this.#account.nowMs());
    records.merge('aws-opportunity-summary', id, change);
    return opportunityEvent('Opportunity Updated', catalog, id);
  }
}
