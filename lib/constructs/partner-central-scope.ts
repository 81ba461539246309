import { type Catalog, partnerCentralRegion } from '../config.ts';
import type { GrantScope } from './service-function.ts';

/**
 * Resource types of Partner Central. The ARN of an opportunity names an account; the ARNs of
 * engagements and invitations do not, because several accounts share them.
 */
type ResourceType = 'opportunity' | 'engagement-invitation' | 'engagement';

/** Scopes actions to every resource of a type in the configured catalogs. */
export function recordScope(type: ResourceType, account: string, catalogs: readonly Catalog[]): GrantScope {
  const owner = type === 'opportunity' ? account : '';
  return {
    arns: catalogs.map(
      (catalog) => `arn:aws:partnercentral:${partnerCentralRegion}:${owner}:catalog/${catalog}/${type}/*`,
    ),
    ...catalogCondition(catalogs),
    wildcardReason: 'An event may name any record of the configured catalogs',
  };
}

/**
 * Scopes list actions to the configured catalogs, by a condition: they support no resource but `*`.
 */
export function listScope(catalogs: readonly Catalog[]): GrantScope {
  return {
    arns: ['*'],
    ...catalogCondition(catalogs),
    wildcardReason:
      'List actions of Partner Central support no resource; the condition restricts them to the catalogs',
  };
}

function catalogCondition(catalogs: readonly Catalog[]): Pick<GrantScope, 'conditions'> {
  return { conditions: { StringEquals: { 'partnercentral:Catalog': catalogs } } };
}
