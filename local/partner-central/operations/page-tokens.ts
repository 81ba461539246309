import { sha256 } from '../../../lambdas/core/digest.ts';
import { isJsonArray, isJsonObject, type JsonObject } from '../../../lambdas/core/json.ts';
import { canonicalJson, tryParseJson } from '../../../lambdas/core/json-text.ts';
import { invalid } from '../wire/wire-error.ts';
import { listMembers } from './list-members.ts';

/** Lists are sorted by a value, then by id, so that no two items have the same sort key. */
export type SortKey = readonly [value: number | string, id: string];

export interface PageRequest {
  readonly MaxResults?: number | null | undefined;
  readonly NextToken?: string | null | undefined;
  readonly Sort?: { readonly SortOrder: 'ASCENDING' | 'DESCENDING' } | null | undefined;
}

/** A token is valid for one operation and one request, apart from the page size and the token. */
export interface ListQuery {
  readonly operation: string;
  readonly input: JsonObject;
}

export interface Row {
  readonly sortKey: SortKey;
  /** Called only for the items of one page, because lists are long. */
  readonly item: () => JsonObject;
}

/**
 * Cuts lists into pages. A token holds a cursor: the sort key of the last item of its page. An item
 * that is not modified between two pages is neither skipped nor repeated. An item that is modified
 * gets another sort key, so it can appear twice, or not at all in descending order. The behavior
 * of the service is not documented.
 */
export class PageTokens {
  #generation = 0;

  /** Invalidates all tokens issued so far. */
  expire(): void {
    this.#generation += 1;
  }

  /**
   * Returns one page of the rows. The default order is descending: this is documented for
   * opportunities and assumed for the other lists.
   * @throws WireError ValidationException if the token is unknown, expired or of another query
   */
  page(query: ListQuery, request: PageRequest, rows: readonly Row[], defaultSize = 20): JsonObject {
    const direction = (request.Sort?.SortOrder ?? 'DESCENDING') === 'ASCENDING' ? 1 : -1;
    const digest = digestOf(query);
    const after =
      typeof request.NextToken === 'string' ? this.#placeIn(request.NextToken, digest) : undefined;
    const rest = rows
      .filter(({ sortKey }) => after === undefined || direction * compareSortKeys(sortKey, after) > 0)
      .toSorted((a, b) => direction * compareSortKeys(a.sortKey, b.sortKey));
    const page = rest.slice(0, request.MaxResults ?? defaultSize);
    const last = page.at(-1);
    const hasMore = last !== undefined && rest.length > page.length;
    return {
      NextToken: hasMore ? this.#tokenOf(last.sortKey, digest) : null,
      [listMembers.get(query.operation) ?? '']: page.map(({ item }) => item()),
    };
  }

  #tokenOf(place: SortKey, digest: string): string {
    const text = JSON.stringify({ generation: this.#generation, digest, place });
    return Buffer.from(text).toString('base64');
  }

  #placeIn(token: string, digest: string): SortKey {
    const content = tryParseJson(Buffer.from(token, 'base64').toString());
    if (!isJsonObject(content)) throw invalidToken('is not known');
    if (content['generation'] !== this.#generation) throw invalidToken('has expired');
    if (content['digest'] !== digest) throw invalidToken('belongs to another request');
    const [value, id] = isJsonArray(content['place']) ? content['place'] : [];
    if ((typeof value !== 'number' && typeof value !== 'string') || typeof id !== 'string')
      throw invalidToken('is not known');
    return [value, id];
  }
}

function invalidToken(reason: string) {
  const Message = `NextToken ${reason}`;
  return invalid(Message, [{ FieldName: 'NextToken', Message, Code: 'INVALID_VALUE' }]);
}

function digestOf({ operation, input }: ListQuery): string {
  const { MaxResults: _size, NextToken: _token, ...filters } = input;
  return sha256(canonicalJson({ operation, filters }));
}

function compareSortKeys([value, id]: SortKey, [otherValue, otherId]: SortKey): number {
  if (value !== otherValue) return value < otherValue ? -1 : 1;
  return id === otherId ? 0 : id < otherId ? -1 : 1;
}
