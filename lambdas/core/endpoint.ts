import type { EndpointId } from './ids.ts';
import type { MessageType } from './message-type.ts';

/** Where messages go. */
export interface Endpoint {
  readonly id: EndpointId;
  readonly url: string;
  /** Types and topics it wants; `*` stands for any run of characters, so `*` alone wants all. */
  readonly topics: readonly string[];
  /** Catalogs it wants; empty wants all. */
  readonly catalogs: readonly string[];
  /** Name or ARN of the Secrets Manager secret that signs for it. */
  readonly secretId: string;
  readonly disabled?: { readonly reason: string; readonly at: string } | undefined;
}

/** What a version says of itself to those who choose. */
export interface Announced {
  readonly catalog: string;
  readonly type: MessageType;
  readonly topics: readonly string[];
}

export function isInterested(endpoint: Endpoint, version: Announced): boolean {
  if (endpoint.disabled) return false;
  if (endpoint.catalogs.length > 0 && !endpoint.catalogs.includes(version.catalog)) return false;
  return endpoint.topics.some((pattern) => version.topics.some((topic) => matches(pattern, topic)));
}

function matches(pattern: string, topic: string): boolean {
  const [first = '', ...rest] = pattern.split('*');
  const last = rest.pop();
  if (last === undefined) return topic === pattern;
  if (!topic.startsWith(first) || !topic.endsWith(last) || topic.length < first.length + last.length)
    return false;
  // What stands between the stars must be found in its order; greedy from the left is enough.
  let from = first.length;
  return rest.every((part) => {
    const found = topic.indexOf(part, from);
    from = found + part.length;
    return found >= 0 && from <= topic.length - last.length;
  });
}
