import type { Json, JsonObject } from '../../../lambdas/core/json.ts';
import { between, type Random } from '../seeded-random.ts';

const solutions = [
  ['1234567', 'Example Landing Zone', 'Active', 'Consulting Service'],
  ['2345678', 'Example Data Lake', 'Active', 'Software Product'],
  // The service returns null for some categories, although its model requires a text.
  ['3456789', 'Example Contact Centre', 'Active', null],
  ['4567890', 'Example Backup', 'Inactive', 'Software Product'],
  ['5678901', 'Example Fraud Guard', 'Draft', 'Managed Service'],
] as const;

/** The items of ListSolutions, which never change. AWS puts `S-1234567` into each Sandbox. */
export function solutionsOf(catalog: string): readonly JsonObject[] {
  return solutions.map(([digits, name, status, category]) => ({
    Arn: null,
    Catalog: catalog,
    Category: category,
    CreatedDate: '2025-06-02T08:30:00Z',
    Id: solutionId(catalog, digits),
    Name: name,
    Status: status,
  }));
}

/** Picks the ids of up to two solutions for an opportunity. */
export function pickSolutions(random: Random, catalog: string): Json {
  const first = between(random, 0, solutions.length - 1);
  const count = between(random, 0, 2);
  return [...solutions, ...solutions]
    .slice(first, first + count)
    .map(([digits]) => solutionId(catalog, digits));
}

function solutionId(catalog: string, digits: string): string {
  return catalog === 'Sandbox' ? `S-${digits}` : `S-9${digits}`;
}
