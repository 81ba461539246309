import { checkOpportunity } from './check-opportunity.ts';
import type { CommandContent } from './command.ts';
import { creationPaths } from './content-problems.ts';
import type { Instant } from './instant.ts';
import type { JsonObject } from './json.ts';
import { applyMergePatch } from './merge-patch.ts';
import type { Finding } from './opportunity-finding.ts';
import { relatedIds } from './related-ids.ts';

/** What AWS adds to an opportunity that is created, as far as the rules ask for it. */
const added: JsonObject = { LifeCycle: { Stage: 'Prospect', ReviewStatus: 'Pending Submission' } };

/** The opportunity that a create makes. */
export function draftOf(opportunity: JsonObject): JsonObject {
  return applyMergePatch(added, opportunity);
}

/** The draft after the next command of the request, which updates it or associates an entity. */
export function draftAfter(draft: JsonObject, content: CommandContent): JsonObject {
  if (content.action === 'opportunity.update') return applyMergePatch(draft, content.patch);
  if (content.action !== 'opportunity.associate') return draft;
  const { type, id } = content.entity;
  return applyMergePatch(draft, { RelatedEntityIdentifiers: { [type]: [...relatedIds(draft, type), id] } });
}

/** What AWS would say about a creation. */
export function checkCreation(
  opportunity: JsonObject,
  now: Instant,
): { readonly problems: readonly Finding[]; readonly warnings: readonly Finding[] } {
  const { problems, warnings } = checkOpportunity(added, opportunity, now);
  return { problems: problems.filter(isAboutCreation), warnings: warnings.filter(isAboutCreation) };
}

/**
 * Leaves out findings that hold for updates only, and those about related entities, which later
 * commands associate.
 */
function isAboutCreation({ path, code }: Finding): boolean {
  const isOwn = code === 'read-only' && creationPaths.includes(path);
  return code !== 'not-changeable' && !path.startsWith('/RelatedEntityIdentifiers') && !isOwn;
}

/**
 * Finds what AWS requires for a submission and the opportunity lacks. A submission for visibility
 * only asks AWS for no help, so it needs no `PrimaryNeedsFromAws`.
 * @param payload the opportunity
 */
export function checkSubmission(
  payload: JsonObject,
  involvementType: string,
  now: Instant,
): readonly Finding[] {
  const { warnings } = checkOpportunity(payload, {}, now);
  const isVisibleOnly = involvementType === 'For Visibility Only';
  return warnings.filter(
    ({ path, code }) => code === 'missing' && !(isVisibleOnly && path === '/PrimaryNeedsFromAws'),
  );
}
