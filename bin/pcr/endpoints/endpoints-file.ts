import { describeValue } from '../../../lambdas/core/describe-value.ts';
import type { Endpoint } from '../../../lambdas/core/endpoint.ts';
import { parseEndpoint } from '../../../lambdas/core/endpoint-definition.ts';
import { isEndpointId } from '../../../lambdas/core/ids.ts';
import { isJsonArray, isJsonObject, type Json, type JsonObject, textAt } from '../../../lambdas/core/json.ts';
import { UsageError } from '../errors.ts';
import { isUrlItself } from './channel-url.ts';
import { yamlValue } from './yaml-value.ts';

/** What `endpoints.yaml` declares. */
export interface DeclaredEndpoints {
  readonly endpoints: readonly Endpoint[];
  /** Files with the URLs of channels, by endpoint. They are no part of the definition. */
  readonly urlFiles: ReadonlyMap<Endpoint['id'], string>;
}

/**
 * Parses `endpoints.yaml`: under `endpoints`, a list of endpoints in their flat form.
 * @param secretIdFor returns the secret of an endpoint that names no secret
 * @throws UsageError with every problem of every endpoint
 */
export function parseEndpointsFile(
  text: string,
  secretIdFor: (id: Endpoint['id']) => string,
): DeclaredEndpoints {
  const yaml = yamlValue(text);
  if ('problem' in yaml) throw new UsageError(`the file: ${yaml.problem}`);
  const { value } = yaml;
  const list = isJsonObject(value) && Object.keys(value).length === 1 ? value['endpoints'] : undefined;
  if (!isJsonArray(list))
    throw new UsageError(
      `the file: ${describeValue(value)}; allowed: one member, endpoints, a list of endpoints`,
    );
  const read = list.map((given) => parseEndpoint(withSecret(withoutUrlFile(given), secretIdFor)));
  const problems = [
    ...read.flatMap((each, index) => ('problems' in each ? each.problems.map(at(list[index], index)) : [])),
    ...list.flatMap((given, index) => urlFileProblems(given).map(at(given, index))),
    ...givenTwice(list),
  ];
  if (problems.length > 0) throw new UsageError(...problems);
  const endpoints = read.flatMap((each) => ('endpoint' in each ? [each.endpoint] : []));
  const urlFiles = endpoints.flatMap(({ id }, index) => {
    const path = textAt(list[index], 'urlFile');
    return path === undefined ? [] : [[id, path] as const];
  });
  return { endpoints, urlFiles: new Map(urlFiles) };
}

function withoutUrlFile(given: Json): Json {
  if (!isJsonObject(given)) return given;
  const { urlFile: _notStored, ...definition } = given;
  return definition;
}

/** Someone may give the URL itself, which is a secret: the value is no part of a problem. */
function urlFileProblems(given: Json): readonly string[] {
  if (!isJsonObject(given) || given['urlFile'] === undefined) return [];
  if (given['format'] === undefined || given['format'] === 'standard')
    return ['urlFile: allowed with format slack or teams only; others have url'];
  const path = textAt(given, 'urlFile');
  const isPath = path !== undefined && path !== '-' && !isUrlItself(path);
  return isPath ? [] : ['urlFile: (hidden); allowed: the path of a file that holds the URL'];
}

function withSecret(given: Json, secretIdFor: (id: Endpoint['id']) => string): Json {
  if (!isJsonObject(given) || given['eventBus'] !== undefined || given['secretId'] !== undefined)
    return given;
  if (given['url'] === undefined && given['format'] === undefined) return given;
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
