import { isJsonObject, type Json, type JsonObject, omitNulls, textAt } from '../../../lambdas/core/json.ts';
import { tryParseJson } from '../../../lambdas/core/json-text.ts';
import type { SimulatedPartner } from '../../../local/partner-central/model/simulated-partner.ts';
import { mergePatch } from '../../../local/partner-central/model/simulated-records.ts';
import type { Simulator } from '../../../local/partner-central/simulator-server.ts';
import { bodyOf, rawCall } from './simulator-under-test.ts';

/** The body of UpdateOpportunity that changes nothing but the patch. Null in a patch leaves out. */
export function updateOf(partner: SimulatedPartner, id: string, patch: JsonObject = {}): JsonObject {
  const {
    Arn: _arn,
    Id: _id,
    CreatedDate: _created,
    OpportunityTeam: _team,
    RelatedEntityIdentifiers: _related,
    ...writable
  } = bodyOf(partner, `AWS/opportunity/${id}`);
  return omitNulls(mergePatch({ ...writable, Identifier: id }, patch));
}

export interface WireAnswer {
  readonly status: number;
  readonly body: JsonObject;
}

/** Sends one request as JSON. The name of an error is the end of `__type`. */
export async function call(simulator: Simulator, operation: string, input: JsonObject): Promise<WireAnswer> {
  const { status, text } = await rawCall(simulator.url, operation, JSON.stringify(input));
  const body: Json | undefined = tryParseJson(text);
  if (!isJsonObject(body)) throw new Error(`${operation} answered ${text}`);
  return { status, body };
}

export function errorOf({ body }: WireAnswer): string {
  return (textAt(body, '__type') ?? 'no error').replace(/^.*#/, '');
}

/** `<field>: <code>` of each entry of ErrorList. */
export function problemsOf({ body }: WireAnswer): readonly string[] {
  const list = body['ErrorList'];
  return Array.isArray(list) ? list.map(({ FieldName, Code }) => `${FieldName}: ${Code}`) : [];
}
