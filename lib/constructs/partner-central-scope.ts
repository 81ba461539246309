import { type Catalog, partnerCentralRegion } from '../config.ts';
import type { GrantScope } from './service-function.ts';

/** Types of Partner Central's resources. Opportunities are an account's own; an engagement and its invitations belong to no single one. */
type ResourceType = 'opportunity' | 'engagement-invitation' | 'engagement';

/** Every resource of a type in the configured catalogs. */
export function recordScope(type: ResourceType, account: string, catalogs: readonly Catalog[]): GrantScope {
  const owner = type === 'opportunity' ? account : '';
  return {
    arns: catalogs.map(
      (catalog) => `arn:aws:partnercentral:${partnerCentralRegion}:${owner}:catalog/${catalog}/${type}/*`,
    ),
    ...catalogCondition(catalogs),
    wildcardReason: 'Any record of the configured catalogs may be the next one that an event names',
  };
}

/** The lists of the configured catalogs: these actions know no narrower resource than all. */
export function listScope(catalogs: readonly Catalog[]): GrantScope {
  return {
    arns: ['*'],
    ...catalogCondition(catalogs),
    wildcardReason: 'Partner Central knows no resource for a list; the condition keeps it to the catalogs',
  };
}

function catalogCondition(catalogs: readonly Catalog[]): Pick<GrantScope, 'conditions'> {
  return { conditions: { StringEquals: { 'partnercentral:Catalog': catalogs } } };
}
