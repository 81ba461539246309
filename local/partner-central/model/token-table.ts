import { sha256 } from '../../../lambdas/core/digest.ts';
import { type JsonObject, textAt } from '../../../lambdas/core/json.ts';
import { canonicalJson } from '../../../lambdas/core/json-text.ts';

interface KnownRequest {
  readonly operation: string;
  readonly digest: string;
  readonly answer: () => JsonObject;
}

/** The requests that the service knows by their ClientToken. */
export class TokenTable {
  readonly #known = new Map<string, KnownRequest>();

  /**
   * Performs a request once. The same token with the same body gets the current answer of the first
   * request.
   * @param isShared whether a token of another operation counts as the same
   * @returns undefined if the token was used with another body
   */
  once(
    operation: string,
    input: JsonObject,
    isShared: boolean,
    perform: () => () => JsonObject,
  ): JsonObject | undefined {
    const token = textAt(input, 'ClientToken') ?? '';
    const key = isShared ? token : `${operation} ${token}`;
    const digest = sha256(canonicalJson(input));
    const known = this.#known.get(key) ?? { operation, digest, answer: perform() };
    this.#known.set(key, known);
    return known.digest === digest || known.operation !== operation ? known.answer() : undefined;
  }
}
