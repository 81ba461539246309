import * as v from 'valibot';
import { at, type JsonObject, textAt } from '../../../lambdas/core/json.ts';
import { parseEpochMs } from '../model/aws-timestamps.ts';
import { solutionsOf } from '../model/solutions.ts';
import { opportunityItem } from './list-items.ts';
import { matchesFilter, sortKeyOf } from './list-order.ts';
import type { Operation } from './operation.ts';
import { atMost, catalog, date, day, opportunityId, paged, parseRequest, solutionId } from './requests.ts';

const opportunitiesRequest = v.strictObject({
  Catalog: catalog,
  ...paged(100, ['LastModifiedDate', 'Identifier', 'CustomerCompanyName', 'CreatedDate', 'TargetCloseDate']),
  LastModifiedDate: v.nullish(
    v.strictObject({ AfterLastModifiedDate: v.nullish(date), BeforeLastModifiedDate: v.nullish(date) }),
  ),
  Identifier: atMost(20, opportunityId),
  LifeCycleStage: atMost(10, v.string()),
  LifeCycleReviewStatus: atMost(10, v.string()),
  CustomerCompanyName: atMost(10, v.string()),
  CreatedDate: v.nullish(
    v.strictObject({ AfterCreatedDate: v.nullish(date), BeforeCreatedDate: v.nullish(date) }),
  ),
  TargetCloseDate: v.nullish(
    v.strictObject({ AfterTargetCloseDate: v.nullish(day), BeforeTargetCloseDate: v.nullish(day) }),
  ),
});

export const listOpportunities: Operation = ({ view, tokens }, input) => {
  const request = parseRequest(opportunitiesRequest, input);
  const { AfterLastModifiedDate: afterMs, BeforeLastModifiedDate: beforeMs } = request.LastModifiedDate ?? {};
  const { AfterCreatedDate: createdAfterMs, BeforeCreatedDate: createdBeforeMs } = request.CreatedDate ?? {};
  const { AfterTargetCloseDate: closesAfter, BeforeTargetCloseDate: closesBefore } =
    request.TargetCloseDate ?? {};
  const sortedBy = request.Sort?.SortBy ?? 'LastModifiedDate';
  const rows = view
    .all(request.Catalog, 'opportunity')
    .map(({ body, writtenAtMs }) => ({ body, modifiedMs: modifiedMsOf(body, writtenAtMs) }))
    .filter(({ body }) => matchesFilter(request.Identifier, body['Id']))
    .filter(({ body }) => matchesFilter(request.LifeCycleStage, at(body, 'LifeCycle', 'Stage')))
    .filter(({ body }) => matchesFilter(request.LifeCycleReviewStatus, at(body, 'LifeCycle', 'ReviewStatus')))
    .filter(({ body }) =>
      matchesFilter(request.CustomerCompanyName, at(body, 'Customer', 'Account', 'CompanyName')),
    )
    .filter(({ modifiedMs }) => isWithin(modifiedMs, afterMs, beforeMs))
    .filter(({ body }) => isWithin(parseEpochMs(body['CreatedDate'], 0), createdAfterMs, createdBeforeMs))
    .filter(({ body }) =>
      isWithin(textAt(body, 'LifeCycle', 'TargetCloseDate') ?? '', closesAfter, closesBefore),
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

/**
 * "After" includes the bound, as documented for LastModifiedDate. For "before" the documentation
 * does not say. Without a bound every value passes.
 */
function isWithin<Value extends number | string>(
  value: Value,
  after: Value | null | undefined,
  before: Value | null | undefined,
): boolean {
  const isAfter = after === null || after === undefined || value >= after;
  const isBefore = before === null || before === undefined || value < before;
  return isAfter && isBefore;
}

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
