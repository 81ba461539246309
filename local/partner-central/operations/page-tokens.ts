import { sha256 } from '../../../lambdas/core/digest.ts';
import {
  canonicalJson,
  isJsonArray,
  isJsonObject,
  type Json,
  type JsonObject,
} from '../../../lambdas/core/json.ts';
import { invalid } from '../wire/wire-error.ts';
import { listMembers } from './operation.ts';

/** What a list is sorted by: the value of an item, then its id, so that no two items share a place. */
export type Place = readonly [value: number | string, id: string];

export interface Asked {
  readonly MaxResults?: number | null | undefined;
  readonly NextToken?: string | null | undefined;
  readonly Sort?: { readonly SortOrder: 'ASCENDING' | 'DESCENDING' } | null | undefined;
}

/** What a token is good for: the operation, and all of its request but the page's size and the token itself. */
export interface Query {
  readonly operation: string;
  readonly input: JsonObject;
}

export interface Row {
  readonly place: Place;
  /** Made for the items of one page only: lists are long. */
  readonly item: () => JsonObject;
}

/**
 * Cuts lists into pages. A token holds the place of the last item of its page, not a count of items: in a world that
 * stands still no item is skipped or repeated, and in one that moves an item that nobody touches is still neither; one
 * that is modified meanwhile moves to another place, and may so come twice, or not at all in descending order. What the
 * service does is not documented.
 */
export class PageTokens {
  #generation = 0;

  /** Refuses all tokens given out so far. */
  expire(): void {
    this.#generation += 1;
  }

  /**
   * One page of the rows. Without Sort the latest come first: documented of opportunities, taken over for the rest.
   * @throws WireError ValidationException where the token is unknown, expired, or was given out for another query
   */
  page(query: Query, asked: Asked, rows: readonly Row[], defaultSize = 20): JsonObject {
    const direction = (asked.Sort?.SortOrder ?? 'DESCENDING') === 'ASCENDING' ? 1 : -1;
    const digest = digestOf(query);
    const after = typeof asked.NextToken === 'string' ? this.#placeIn(asked.NextToken, digest) : undefined;
    const rest = rows
      .filter(({ place }) => after === undefined || direction * compared(place, after) > 0)
      .toSorted((a, b) => direction * compared(a.place, b.place));
    const page = rest.slice(0, asked.MaxResults ?? defaultSize);
    const last = page.at(-1);
    const hasMore = last !== undefined && rest.length > page.length;
    return {
      NextToken: hasMore ? this.#tokenOf(last.place, digest) : null,
      [listMembers.get(query.operation) ?? '']: page.map(({ item }) => item()),
    };
  }

  #tokenOf(place: Place, digest: string): string {
    const text = JSON.stringify({ generation: this.#generation, digest, place });
    return Buffer.from(text).toString('base64');
  }

  #placeIn(token: string, digest: string): Place {
    const held = parsed(Buffer.from(token, 'base64').toString());
    if (!isJsonObject(held)) throw refused('is not known');
    if (held['generation'] !== this.#generation) throw refused('has expired');
    if (held['digest'] !== digest) throw refused('belongs to another request');
    const [value, id] = isJsonArray(held['place']) ? held['place'] : [];
    if ((typeof value !== 'number' && typeof value !== 'string') || typeof id !== 'string')
      throw refused('is not known');
    return [value, id];
  }
}

function refused(reason: string) {
  const Message = `NextToken ${reason}`;
  return invalid(Message, [{ FieldName: 'NextToken', Message, Code: 'INVALID_VALUE' }]);
}

function digestOf({ operation, input }: Query): string {
  const { MaxResults: _size, NextToken: _token, ...filters } = input;
  return sha256(canonicalJson({ operation, filters }));
}

function compared([value, id]: Place, [otherValue, otherId]: Place): number {
  if (value !== otherValue) return value < otherValue ? -1 : 1;
  return id === otherId ? 0 : id < otherId ? -1 : 1;
}

function parsed(text: string): Json {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
