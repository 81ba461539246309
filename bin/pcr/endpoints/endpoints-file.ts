import { describeValue } from '../../../lambdas/core/describe-value.ts';
import type { Endpoint } from '../../../lambdas/core/endpoint.ts';
import { parseEndpoint } from '../../../lambdas/core/endpoint-definition.ts';
import { isEndpointId } from '../../../lambdas/core/ids.ts';
import { isJsonArray, isJsonObject, type Json, type JsonObject } from '../../../lambdas/core/json.ts';
import { UsageError } from '../errors.ts';
import { yamlValue } from './yaml-value.ts';

/**
 * Parses `endpoints.yaml`: under `endpoints`, a list of endpoints in their flat form.
 * @param secretIdFor returns the secret of an endpoint that names no secret
 * @throws UsageError with every problem of every endpoint
 */
export function parseEndpointsFile(
  text: string,
  secretIdFor: (id: Endpoint['id']) => string,
): readonly Endpoint[] {
  const yaml = yamlValue(text);
  if ('problem' in yaml) throw new UsageError(`the file: ${yaml.problem}`);
  const { value } = yaml;
  const list = isJsonObject(value) && Object.keys(value).length === 1 ? value['endpoints'] : undefined;
  if (!isJsonArray(list))
    throw new UsageError(
      `the file: ${describeValue(value)}; allowed: one member, endpoints, a list of endpoints`,
    );
  const read = list.map((given) => parseEndpoint(withSecret(given, secretIdFor)));
  const problems = [
    ...read.flatMap((each, index) => ('problems' in each ? each.problems.map(at(list[index], index)) : [])),
    ...givenTwice(list),
  ];
  if (problems.length > 0) throw new UsageError(...problems);
  return read.flatMap((each) => ('endpoint' in each ? [each.endpoint] : []));
}

function withSecret(given: Json, secretIdFor: (id: Endpoint['id']) => string): Json {
  if (!isJsonObject(given) || given['url'] === undefined || given['secretId'] !== undefined) return given;
  const { id } = given;
  // With an invalid id the endpoint is refused, so any secret will do.
  return { ...given, secretId: isEndpointId(id) ? secretIdFor(id) : 'unnamed' };
}

function at(given: Json | undefined, index: number): (problem: string) => string {
  const id = isJsonObject(given) ? given['id'] : undefined;
  return (problem) => `endpoints[${index}]${isEndpointId(id) ? ` (${id})` : ''} ${problem}`;
}

function givenTwice(list: readonly Json[]): readonly string[] {
  const ids = list.filter(isJsonObject).map(({ id }: JsonObject) => id);
  return ids.flatMap((id, index) =>
    id !== undefined && ids.indexOf(id) < index
      ? [`endpoints[${index}] id: ${describeValue(id)} is repeated; allowed: each id once`]
      : [],
  );
}
