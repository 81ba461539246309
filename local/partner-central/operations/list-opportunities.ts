import * as v from 'valibot';
import { at, type JsonObject, textAt } from '../../../lambdas/core/json.ts';
import { parseEpochMs } from '../model/aws-timestamps.ts';
import { solutionsOf } from '../model/solutions.ts';
import { opportunityItem } from './list-items.ts';
import { matchesFilter, sortKeyOf } from './list-order.ts';
import type { Operation } from './operation.ts';
import { atMost, catalog, date, opportunityId, paged, parseRequest, solutionId } from './requests.ts';

const opportunitiesRequest = v.strictObject({
  Catalog: catalog,
  ...paged(100, ['LastModifiedDate', 'Identifier', 'CustomerCompanyName', 'CreatedDate', 'TargetCloseDate']),
  LastModifiedDate: v.nullish(
    v.strictObject({ AfterLastModifiedDate: v.nullish(date), BeforeLastModifiedDate: v.nullish(date) }),
  ),
  Identifier: atMost(20, opportunityId),
  LifeCycleStage: atMost(10, v.string()),
  LifeCycleReviewStatus: atMost(10, v.string()),
});

export const listOpportunities: Operation = ({ view, tokens }, input) => {
  const request = parseRequest(opportunitiesRequest, input);
  const { AfterLastModifiedDate: afterMs, BeforeLastModifiedDate: beforeMs } = request.LastModifiedDate ?? {};
  const sortedBy = request.Sort?.SortBy ?? 'LastModifiedDate';
  const rows = view
    .all(request.Catalog, 'opportunity')
    .map(({ body, writtenAtMs }) => ({ body, modifiedMs: modifiedMsOf(body, writtenAtMs) }))
    .filter(({ body }) => matchesFilter(request.Identifier, body['Id']))
    .filter(({ body }) => matchesFilter(request.LifeCycleStage, at(body, 'LifeCycle', 'Stage')))
    .filter(({ body }) => matchesFilter(request.LifeCycleReviewStatus, at(body, 'LifeCycle', 'ReviewStatus')))
    .filter(
      ({ modifiedMs }) =>
        // "After" includes the bound, as documented. For "before" the documentation does not say.
        modifiedMs >= (afterMs ?? 0) && modifiedMs < (beforeMs ?? Number.POSITIVE_INFINITY),
    )
    .map(({ body, modifiedMs }) => ({
      sortKey:
        sortedBy === 'LastModifiedDate'
          ? ([modifiedMs, textAt(body, 'Id') ?? ''] as const)
          : sortKeyOf(body, sortedBy),
      item: () => opportunityItem(body),
    }));
  const query = { operation: 'ListOpportunities', input };
  return tokens.page(query, request, rows);
};

/** AWS knows when it wrote a record, even if the record says something that is not a timestamp. */
function modifiedMsOf(body: JsonObject, writtenAtMs: number): number {
  const modified = textAt(body, 'LastModifiedDate');
  return modified?.endsWith('Z') ? parseEpochMs(modified, writtenAtMs) : writtenAtMs;
}

const solutionsRequest = v.strictObject({
  Catalog: catalog,
  ...paged(100, ['Identifier', 'Name', 'Status', 'Category', 'CreatedDate']),
  Status: atMost(10, v.picklist(['Active', 'Inactive', 'Draft'])),
  Identifier: atMost(20, solutionId),
  Category: atMost(10, v.string()),
});

export const listSolutions: Operation = ({ tokens }, input) => {
  const request = parseRequest(solutionsRequest, input);
  const sortedBy = request.Sort?.SortBy ?? 'Identifier';
  const rows = solutionsOf(request.Catalog)
    .filter((solution) => matchesFilter(request.Status, solution['Status']))
    .filter((solution) => matchesFilter(request.Identifier, solution['Id']))
    .filter((solution) => matchesFilter(request.Category, solution['Category']))
    .map((solution) => ({ sortKey: sortKeyOf(solution, sortedBy), item: () => solution }));
  const query = { operation: 'ListSolutions', input };
  return tokens.page(query, request, rows);
};
