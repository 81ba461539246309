import type { Client } from '../../../lambdas/core/client.ts';
import { isClientId, type ParsedClient, parseClient } from '../../../lambdas/core/client-definition.ts';
import { describeValue } from '../../../lambdas/core/describe-value.ts';
import type { Endpoint } from '../../../lambdas/core/endpoint.ts';
import { type Parsed, parseEndpoint } from '../../../lambdas/core/endpoint-definition.ts';
import { isEndpointId } from '../../../lambdas/core/ids.ts';
import { isJsonArray, isJsonObject, type Json, type JsonObject, textAt } from '../../../lambdas/core/json.ts';
import { UsageError } from '../errors.ts';
import { isUrlItself } from './channel-url.ts';
import { yamlValue } from './yaml-value.ts';

/** What `endpoints.yaml` declares. What it does not name is left alone. */
export interface DeclaredEndpoints {
  readonly endpoints?: readonly Endpoint[] | undefined;
  /** Files with the URLs of channels, by endpoint. They are no part of the definition. */
  readonly urlFiles: ReadonlyMap<Endpoint['id'], string>;
  readonly clients?: readonly Client[] | undefined;
}

/**
 * Parses `endpoints.yaml`: under `endpoints`, a list of endpoints in their flat form; under
 * `clients`, a list of clients.
 * @param secretIdFor returns the secret of an endpoint that names no secret
 * @throws UsageError with every problem of every endpoint and client
 */
export function parseEndpointsFile(
  text: string,
  secretIdFor: (id: Endpoint['id']) => string,
): DeclaredEndpoints {
  const { endpoints: list, clients: clientList } = listsIn(text);
  const read = list?.map((given) => parseEndpoint(withSecret(withoutUrlFile(given), secretIdFor)));
  const clients = clientList?.map(parseClient);
  const problems = [
    ...problemsIn('endpoints', read, list),
    ...(list ?? []).flatMap((given, index) => urlFileProblems(given).map(at('endpoints', given, index))),
    ...givenTwice('endpoints', list),
    ...problemsIn('clients', clients, clientList),
    ...givenTwice('clients', clientList),
  ];
  if (problems.length > 0) throw new UsageError(...problems);
  const endpoints = read?.flatMap((each) => ('endpoint' in each ? [each.endpoint] : []));
  const urlFiles = (endpoints ?? []).flatMap(({ id }, index) => {
    const path = textAt(list?.[index], 'urlFile');
    return path === undefined ? [] : [[id, path] as const];
  });
  return {
    endpoints,
    urlFiles: new Map(urlFiles),
    clients: clients?.flatMap((each) => ('client' in each ? [each.client] : [])),
  };
}

const lists = ['endpoints', 'clients'] as const;
type ListName = (typeof lists)[number];

/** @throws UsageError if the file is not YAML, or has other members than these lists */
function listsIn(text: string): Partial<Record<ListName, readonly Json[]>> {
  const yaml = yamlValue(text);
  if ('problem' in yaml) throw new UsageError(`the file: ${yaml.problem}`);
  const { value } = yaml;
  const members = isJsonObject(value) ? Object.entries(value) : [];
  if (members.length === 0)
    throw new UsageError(
      `the file: ${describeValue(value)}; allowed: an object with endpoints, clients or both`,
    );
  const problems = members.flatMap(([name, list]) => {
    if (!lists.some((each) => each === name))
      return [`the file: ${describeValue(name)}: not a member of the file; allowed: ${lists.join(', ')}`];
    return isJsonArray(list) ? [] : [`${name}: ${describeValue(list)}; allowed: a list of ${name}`];
  });
  if (problems.length > 0) throw new UsageError(...problems);
  return Object.fromEntries(members.flatMap(([name, list]) => (isJsonArray(list) ? [[name, list]] : [])));
}

function problemsIn(
  name: ListName,
  read: readonly (Parsed | ParsedClient)[] | undefined,
  list: readonly Json[] | undefined,
): readonly string[] {
  return (read ?? []).flatMap((each, index) =>
    'problems' in each ? each.problems.map(at(name, list?.[index], index)) : [],
  );
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

function at(name: ListName, given: Json | undefined, index: number): (problem: string) => string {
  const id = textAt(given, 'id');
  const isId = id !== undefined && (name === 'endpoints' ? isEndpointId(id) : isClientId(id));
  return (problem) => `${name}[${index}]${isId ? ` (${id})` : ''} ${problem}`;
}

function givenTwice(name: ListName, list: readonly Json[] = []): readonly string[] {
  const ids = list.filter(isJsonObject).map(({ id }: JsonObject) => id);
  return ids.flatMap((id, index) =>
    id !== undefined && ids.indexOf(id) < index
      ? [`${name}[${index}] id: ${describeValue(id)} is repeated; allowed: each id once`]
      : [],
  );
}
