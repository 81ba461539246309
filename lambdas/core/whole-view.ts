import { entitiesIn } from './association-actions.ts';
import { contextsById } from './engagement-context.ts';
import { isJsonArray, isJsonObject, type JsonObject } from './json.ts';
import { ownerIn } from './opportunity-actions.ts';

/** The record with the paths of all actions, to know which of its changes they explain. */
export function wholeView(payload: JsonObject): JsonObject {
  const { OpportunityTeam: team, RelatedEntityIdentifiers: related, ...rest } = payload;
  const Owner = ownerIn(payload);
  const Others = isJsonArray(team) ? team.filter((member) => member !== Owner) : team;
  return {
    ...rest,
    ...(isJsonArray(payload['Contexts']) && contextsById(payload)),
    ...(Others !== undefined && { OpportunityTeam: { Owner, Others } }),
    ...(related !== undefined && {
      RelatedEntityIdentifiers: isJsonObject(related) ? { ...related, ...entitiesIn(payload) } : related,
    }),
  };
}
