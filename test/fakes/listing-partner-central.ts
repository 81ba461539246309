import { type Instant, parseInstant } from '../../lambdas/core/instant.ts';
import { type JsonObject, omitNulls } from '../../lambdas/core/json.ts';
import type { ListName } from '../../lambdas/core/pass.ts';
import type { Page, PartnerCentral } from '../../lambdas/ports/partner-central.ts';
import { invalid } from '../builders/partner-central-failures.ts';
import { scriptedPartnerCentral } from './scripted-partner-central.ts';

export interface ListCall {
  readonly list: ListName;
  readonly catalog: string;
  readonly from?: Instant | undefined;
  readonly nextToken?: string | undefined;
}

export interface ListingPartnerCentral extends PartnerCentral {
  /** Adds an item to a list of the catalog AWS; replaces an item with the same id. */
  put(list: ListName, item: JsonObject): void;
  /** All calls, answered or refused. */
  readonly calls: readonly ListCall[];
  /** Makes all tokens invalid that were returned so far. */
  expireTokens(): void;
  /** Makes the next calls of a list fail, each with one of these. */
  fail(list: ListName, ...failures: readonly Error[]): void;
}

const sortedBy: Readonly<Record<ListName, string>> = {
  opportunities: 'LastModifiedDate',
  'sent-invitations': 'InvitationDate',
  'received-invitations': 'InvitationDate',
  engagements: 'CreatedAt',
};

/**
 * Lists like Partner Central: sorted, filtered from a date on, in pages whose tokens are valid for
 * the same filter only. Members that are null are absent.
 */
export function listingPartnerCentral({ pageSize = 100 } = {}): ListingPartnerCentral {
  const items = new Map<ListName, readonly JsonObject[]>();
  const failures = new Map<ListName, readonly Error[]>();
  const calls: ListCall[] = [];
  let tokens = new Map<string, string>();
  const read = async (list: ListName, catalog: string, from?: Instant, nextToken?: string): Promise<Page> => {
    calls.push({ list, catalog, from, nextToken });
    const [failure, ...others] = failures.get(list) ?? [];
    failures.set(list, others);
    if (failure) throw failure;
    const filter = `${list} ${catalog} ${from}`;
    const after = nextToken === undefined ? '' : tokens.get(`${nextToken} ${filter}`);
    if (after === undefined) throw invalid('List');
    const keyOf = (item: JsonObject) => `${parseInstant(item[sortedBy[list]])} ${JSON.stringify(item)}`;
    const left = (catalog === 'AWS' ? (items.get(list) ?? []) : [])
      .filter((item) => from === undefined || keyOf(item) >= from)
      .filter((item) => keyOf(item) > after)
      .toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
    const page = left.slice(0, pageSize);
    const last = page.at(-1);
    if (left.length <= pageSize || !last) return { items: page.map(omitNulls) };
    const token = `token-${tokens.size + 1}-${calls.length}`;
    tokens.set(`${token} ${filter}`, keyOf(last));
    return { items: page.map(omitNulls), nextToken: token };
  };
  return {
    ...scriptedPartnerCentral(),
    calls,
    put(list, item) {
      const others = (items.get(list) ?? []).filter(({ Id }) => Id === undefined || Id !== item['Id']);
      items.set(list, [...others, structuredClone(item)]);
    },
    expireTokens() {
      tokens = new Map();
    },
    fail(list, ...next) {
      failures.set(list, next);
    },
    listOpportunities: (catalog, from, nextToken) => read('opportunities', catalog, from, nextToken),
    listEngagementInvitations: (catalog, role, nextToken) =>
      read(role === 'SENDER' ? 'sent-invitations' : 'received-invitations', catalog, undefined, nextToken),
    listEngagements: (catalog, nextToken) => read('engagements', catalog, undefined, nextToken),
  };
}
