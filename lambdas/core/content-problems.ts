import type { CommandContent, Submission } from './command.ts';
import { describeValue } from './describe-value.ts';
import { isJsonObject, type JsonObject, textAt } from './json.ts';
import { isAtOrBelow } from './json-pointer.ts';
import { type PatchValue, patchValues } from './merge-patch.ts';
import { opportunityRules } from './opportunity-rules.ts';
import type { RequestProblem } from './request-problem.ts';

/** A version of a command has a path for each value. */
const mostValues = 500;
const longestPath = 512;
/** An answer names every path. Together they can be far longer than the request. */
const mostPathBytes = 64 * 1024;
const longestPartnerId = 64;

/** Members that AWS writes in its review. */
const ofReview: readonly string[] = [
  '/LifeCycle/NextStepsHistory',
  '/LifeCycle/ReviewComments',
  '/LifeCycle/ReviewStatus',
  '/LifeCycle/ReviewStatusReason',
];

/**
 * Members of an opportunity that no patch sets: AWS maintains them, or another action does. What
 * belongs to the review is sent as it was read, so that no command can take it back.
 */
const readOnlyPaths: readonly string[] = [
  ...[...opportunityRules].filter(([, { value }]) => value.is === 'read-only').map(([path]) => path),
  ...ofReview,
];

/** Members that only a creation sets. */
export const creationPaths: readonly string[] = ['/OpportunityTeam', '/Origin', '/Tags'];

/** Finds what makes a request invalid, whatever its record has. */
export function contentProblems(content: CommandContent): readonly RequestProblem[] {
  if (content.action === 'opportunity.update') return patchProblems(content.patch);
  if (content.action === 'opportunity.create') return creationProblems(content.opportunity);
  if (content.action === 'engagement.update_context') return contextProblems(content.context.patch);
  return content.action === 'opportunity.submit' ? submissionProblems(content) : [];
}

function patchProblems(patch: JsonObject): readonly RequestProblem[] {
  return objectProblems('/patch', patchValues(patch), readOnlyPaths, ({ path, value }) =>
    path === '/LifeCycle/Stage' && value === undefined
      ? ['null; allowed: a stage, because AWS requires one']
      : [],
  );
}

/** AWS takes no list of interactions, only one that it adds. */
const readOnlyInContext: readonly string[] = ['/Lead/Interactions'];

function contextProblems(patch: JsonObject): readonly RequestProblem[] {
  const whole = '/context/patch';
  const [inner, ...others] = Object.values(patch);
  if (others.length === 0 && isJsonObject(inner))
    return objectProblems(whole, patchValues(patch), readOnlyInContext, () => []);
  return [
    { path: whole, message: 'allowed: an object with one member, the type of the context, such as Lead' },
  ];
}

function creationProblems(opportunity: JsonObject): readonly RequestProblem[] {
  const readOnly = readOnlyPaths.filter((path) => !creationPaths.includes(path));
  const id = opportunity['PartnerOpportunityIdentifier'];
  // AWS removes spaces around it, so that it would not be found under the name that was sent.
  const hasId = typeof id === 'string' && id !== '' && id.length <= longestPartnerId && id === id.trim();
  const message = `${describeValue(id)}; allowed: 1 to ${longestPartnerId} characters without spaces around them, which no other opportunity has`;
  return [
    ...(hasId ? [] : [{ path: '/opportunity/PartnerOpportunityIdentifier', message }]),
    ...objectProblems('/opportunity', patchValues(opportunity), readOnly, () => []),
  ];
}

function submissionProblems({ involvementType, visibility }: Submission): readonly RequestProblem[] {
  if (visibility !== 'Limited' || involvementType === 'For Visibility Only') return [];
  return [{ path: '/visibility', message: '"Limited"; allowed: "Full", unless it is "For Visibility Only"' }];
}

/** @param whole JSON Pointer to the object in the request */
function objectProblems(
  whole: string,
  values: readonly PatchValue[],
  readOnly: readonly string[],
  problemsOf: (value: PatchValue) => readonly string[],
): readonly RequestProblem[] {
  const size = sizeProblem(values);
  if (size !== undefined) return [{ path: whole, message: size }];
  return values.flatMap((each) => {
    const { path } = each;
    // A value in the place of an object would remove the read-only members in it.
    const found = readOnly.find((own) => isAtOrBelow(path, own) || isAtOrBelow(own, path));
    const messages =
      found === undefined
        ? problemsOf(each)
        : [`${found} cannot be set by this action; allowed: a request without it`];
    return messages.map((message) => ({ path: `${whole}${path}`, message }));
  });
}

function sizeProblem(values: readonly PatchValue[]): string | undefined {
  if (values.length === 0) return 'nothing to change; allowed: an object with at least one value';
  if (values.length > mostValues) return `${values.length} values; allowed: up to ${mostValues}`;
  const longest = Math.max(...values.map(({ path }) => path.length));
  if (longest > longestPath) return `a path of ${longest} characters; allowed: up to ${longestPath}`;
  const bytes = values.reduce((sum, { path }) => sum + Buffer.byteLength(path), 0);
  return bytes > mostPathBytes
    ? `the paths of its values are ${bytes} bytes together; allowed: up to ${mostPathBytes}`
    : undefined;
}

/** The identifier that a create gives its opportunity. */
export function partnerIdOf(content: CommandContent): string | undefined {
  return content.action === 'opportunity.create'
    ? textAt(content.opportunity, 'PartnerOpportunityIdentifier')
    : undefined;
}
