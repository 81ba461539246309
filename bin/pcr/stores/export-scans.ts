import { recordTable } from '../../../lambdas/core/tables.ts';
import type { ExportState } from '../export/export-state.ts';
import type { TableScan } from './table-scan.ts';

/**
 * The keys of the current items of all opportunities. Their content is read by key, consistently
 * and with its parts.
 */
export function currentItems({ table, catalog }: Pick<ExportState, 'table' | 'catalog'>): TableScan {
  return {
    table,
    filter: 'begins_with(pk, :records) AND sk = :current',
    values: { ':records': `${catalog}/opportunity/`, ':current': recordTable.currentSortKey },
    isKeysOnly: true,
  };
}

/** Whole version items. A version with only new links has an old `readAt`: see `versionItem`. */
export function versionItems({
  table,
  catalog,
  kind,
  since,
}: Pick<ExportState, 'table' | 'catalog' | 'kind' | 'since'>): TableScan {
  const recent = since === undefined ? '' : ' AND (readAt >= :since OR #cause.eventTime >= :since)';
  return {
    table,
    filter: `begins_with(pk, :records) AND begins_with(sk, :version)${recent}`,
    values: {
      ':records': `${catalog}/${kind}/`,
      ':version': recordTable.versionSortKeyPrefix,
      ...(since !== undefined && { ':since': since }),
    },
    ...(since !== undefined && { names: { '#cause': 'cause' } }),
  };
}

export function deliveryItems({ table }: Pick<ExportState, 'table'>): TableScan {
  return { table, filter: 'begins_with(pk, :delivery)', values: { ':delivery': 'delivery#' } };
}
