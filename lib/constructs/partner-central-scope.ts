import type { Catalog } from '../config.ts';
import type { GrantScope } from './grant-scope.ts';

/**
 * Scopes actions of Partner Central to the configured catalogs, by the condition that AWS's own
 * managed policy has. Decision 0034 says why no resource is named.
 */
export function catalogScope(catalogs: readonly Catalog[]): GrantScope {
  return {
    arns: ['*'],
    conditions: { StringEquals: { 'partnercentral:Catalog': catalogs } },
    wildcardReason:
      'Lists of Partner Central support no resource, and reads may name any record; the condition restricts them to the catalogs',
  };
}
