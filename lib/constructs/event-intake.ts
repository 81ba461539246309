import { CfnRule, type EventPattern, type IRule, Rule } from 'aws-cdk-lib/aws-events';
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import { Construct } from 'constructs';
import { type Catalog, knownCatalogs } from '../../lambdas/core/catalogs.ts';
import {
  hydrateEngagementContract,
  hydrateInvitationContract,
  hydrateOpportunityContract,
  partnerCentralSource,
} from '../../lambdas/hydrate/contract.ts';
import type { WorkQueue } from './work-queue.ts';

export interface EventIntakeProps {
  readonly catalogs: readonly Catalog[];
  readonly opportunities: WorkQueue;
  readonly invitations: WorkQueue;
  readonly engagements: WorkQueue;
  /** Takes events of unknown detail-types and catalogs. */
  readonly quarantine: WorkQueue;
}

/**
 * The rules on the default bus, the only bus that Partner Central publishes to. An event of a
 * known catalog that is not configured here matches no rule, because another stack may handle that
 * catalog. Every other event matches exactly one rule.
 *
 * No pattern tests `version`, `schemaVersion` or `participantType`: AWS sends values there that
 * differ from its documentation.
 */
export class EventIntake extends Construct {
  readonly rules: readonly IRule[];

  constructor(scope: Construct, id: string, props: EventIntakeProps) {
    super(scope, id);
    const { catalogs, opportunities, invitations, engagements, quarantine } = props;
    const detail = { catalog: [...catalogs] };
    const hydrations = [
      ['Opportunities', opportunities, hydrateOpportunityContract],
      ['Invitations', invitations, hydrateInvitationContract],
      ['Engagements', engagements, hydrateEngagementContract],
    ] as const;
    const handled = hydrations.flatMap(([, , { detailTypes }]) => [...detailTypes]);
    this.rules = [
      ...hydrations.map(([ruleId, queue, { detailTypes }]) =>
        this.addRule(ruleId, queue, { detailType: [...detailTypes], detail }),
      ),
      this.addRuleWithOr('OtherEvents', quarantine, [
        { 'detail-type': [{ 'anything-but': handled }], detail },
        { detail: { catalog: [{ exists: false }, { 'anything-but': [...knownCatalogs] }] } },
      ]),
    ];
  }

  /** The pattern type of the CDK lacks `$or`. */
  private addRuleWithOr(id: string, queue: WorkQueue, alternatives: readonly object[]): Rule {
    const rule = this.addRule(id, queue, {});
    const { defaultChild } = rule.node;
    if (!(defaultChild instanceof CfnRule)) throw new TypeError('the default child of a Rule is a CfnRule');
    defaultChild.addPropertyOverride('EventPattern.$or', alternatives);
    return rule;
  }

  private addRule(id: string, { queue, parked }: WorkQueue, pattern: EventPattern): Rule {
    return new Rule(this, id, {
      eventPattern: { source: [partnerCentralSource], ...pattern },
      // EventBridge retries for 24 hours. It then sends the event to the parked queue.
      targets: [new SqsQueue(queue, { deadLetterQueue: parked })],
    });
  }
}
