import { type Catalog, knownCatalogs } from '../lambdas/core/catalogs.ts';
import { type CommandAction, commandActions } from '../lambdas/core/command.ts';
import type { RelayConfig } from './config.ts';

/** An action that clients may ask for in one catalog. */
export interface EnabledCommand {
  readonly catalog: Catalog;
  readonly action: CommandAction;
}

/**
 * Reads one item of `relay:commands`: `<action>` or `<catalog>:<action>`. Returns undefined if it
 * names no action or no catalog of Partner Central.
 */
export function readEnabledCommand(
  item: string,
): { readonly catalog: Catalog | undefined; readonly action: CommandAction } | undefined {
  const [first = '', second, ...rest] = item.split(':');
  const catalog = second === undefined ? undefined : knownCatalogs.find((known) => known === first);
  const action = commandActions.find((known) => known === (second ?? first));
  const isKnown = action !== undefined && (second === undefined || catalog !== undefined);
  return isKnown && rest.length === 0 ? { catalog, action } : undefined;
}

/** Lists each enabled action once for each of its catalogs, in the order of the catalogs. */
export function listEnabledCommands({
  catalogs,
  commands,
}: Pick<RelayConfig, 'catalogs' | 'commands'>): readonly EnabledCommand[] {
  const items = commands.map(readEnabledCommand);
  const isEnabled = (catalog: Catalog, action: CommandAction) =>
    items.some((item) => item?.action === action && (item.catalog ?? catalog) === catalog);
  return catalogs.flatMap((catalog) =>
    commandActions.filter((action) => isEnabled(catalog, action)).map((action) => ({ catalog, action })),
  );
}

/** `<catalog>:<action>`, separated by commas: as the functions read it. */
export function formatEnabledCommands(config: Pick<RelayConfig, 'catalogs' | 'commands'>): string {
  return listEnabledCommands(config)
    .map(({ catalog, action }) => `${catalog}:${action}`)
    .join(',');
}
