import { type JsonObject, textAt } from '../../../lambdas/core/json.ts';
import { listMembers } from './list-members.ts';

/** Lists that never end. */
export interface EndlessLists {
  /** `same`: each page has the same token. `new`: each page has a token that no page had before. */
  readonly tokens: 'same' | 'new';
  /** @default every list */
  readonly operations?: readonly string[];
}

const prefix = 'endless-';

/** Adds tokens to lists without end. A page with such a token is the first page again. */
export class EndlessTokens {
  lists: EndlessLists | undefined;
  #issued = 0;

  list(operation: string, input: JsonObject, read: (input: JsonObject) => JsonObject): JsonObject {
    const { NextToken = null, ...first } = input;
    const isEndless = textAt({ NextToken }, 'NextToken')?.startsWith(prefix) ?? false;
    const body = read(isEndless ? first : input);
    if (!this.lists || !listMembers.has(operation)) return body;
    const { tokens, operations } = this.lists;
    if (operations && !operations.includes(operation)) return body;
    if (tokens === 'new') this.#issued += 1;
    return { ...body, NextToken: `${prefix}${this.#issued}` };
  }
}
