import { followerKey } from '../../lambdas/commands/expand-request.ts';
import { type JsonObject, textAt } from '../../lambdas/core/json.ts';
import type { EffectiveWrite } from '../partner-central/model/simulated-writes.ts';
import { pick, type Random } from '../partner-central/seeded-random.ts';
import type { ClientRequest } from './client-request.ts';
import type { SentCommand } from './sent-command.ts';

export interface DealParts {
  readonly number: number;
  readonly random: Random;
  /** Names of the clients. */
  readonly clients: readonly string[];
  /** A word that stands for personal data. */
  readonly plant: () => string;
}

/** A request that creates, associates and submits, and the commands behind its first one. */
export interface DealRequest {
  readonly request: ClientRequest;
  readonly followers: readonly SentCommand[];
}

/** Makes a request for a new opportunity, which is submitted at once. */
export function dealOf({ number, random, clients, plant }: DealParts): DealRequest {
  const client = pick(random, clients);
  const key = `${number}/deal-of ${client}`.replaceAll(' ', '-');
  const partnerId = `deal-${number}`;
  const product = `prod-of-${partnerId}`;
  const involvementType = pick(random, ['Co-Sell', 'For Visibility Only'] as const);
  const shared = { client, catalog: 'AWS', target: `AWS/opportunity/of-${partnerId}`, overwrites: false };
  const isOf = ({ after }: EffectiveWrite) => textAt(after, 'PartnerOpportunityIdentifier') === partnerId;
  const follower = (index: number, action: string, operation: string): SentCommand => ({
    ...shared,
    key: followerKey(key, index),
    action,
    paths: [],
    isEffect: (write) => write.operation === operation && isOf(write),
  });
  return {
    request: {
      ...shared,
      key,
      action: 'opportunity.create',
      paths: [],
      isEffect: (write) => write.operation === 'CreateOpportunity' && isOf(write),
      body: bodyOf(partnerId, product, involvementType, plant()),
    },
    followers: [
      {
        ...follower(0, 'opportunity.associate', 'AssociateOpportunity'),
        paths: ['/RelatedEntityIdentifiers/AwsMarketplaceProducts'],
        // Other commands associate other products with the same opportunity.
        isEffect: ({ operation, input }) =>
          operation === 'AssociateOpportunity' && input['RelatedEntityIdentifier'] === product,
      },
      {
        ...follower(1, 'opportunity.submit', 'StartEngagementFromOpportunityTask'),
        paths: ['/LifeCycle/ReviewStatus'],
      },
    ],
  };
}

function bodyOf(partnerId: string, product: string, involvementType: string, words: string): JsonObject {
  return {
    action: 'opportunity.create',
    catalog: 'AWS',
    opportunity: {
      PartnerOpportunityIdentifier: partnerId,
      Customer: { Account: { CompanyName: 'AnyCompany', Industry: 'Education' } },
      Project: { Title: words, OtherSolutionDescription: 'A hive for bees' },
      LifeCycle: { TargetCloseDate: '2099-12-31' },
    },
    followedBy: [
      { action: 'opportunity.associate', entity: { type: 'AwsMarketplaceProducts', id: product } },
      { action: 'opportunity.submit', involvementType },
    ],
  };
}
