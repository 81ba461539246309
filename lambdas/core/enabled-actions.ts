import { type Catalog, knownCatalogs } from './catalogs.ts';
import { type CommandAction, commandActions } from './command.ts';
import { commaSeparated, guarded } from './value-schema.ts';

/** An action that clients may ask for in one catalog. */
export type EnabledAction = `${Catalog}:${CommandAction}`;

/** The actions that a deployment has switched on, separated by commas. */
export const enabledActions = /* @__PURE__ */ commaSeparated(
  /* @__PURE__ */ guarded('<catalog>:<action>', isEnabledAction),
  'one or more of <catalog>:<action>, separated by commas, each once',
  1,
);

function isEnabledAction(value: unknown): value is EnabledAction {
  return knownCatalogs.some((catalog) => commandActions.some((action) => value === `${catalog}:${action}`));
}
