import type { Endpoint } from '../../../lambdas/core/endpoint.ts';
import { endpointDefinition } from '../../../lambdas/core/endpoint-definition.ts';
import { isJsonObject, type JsonObject } from '../../../lambdas/core/json.ts';

/** The flat form without the values of headers, which are often credentials. */
export function printedDefinition(endpoint: Endpoint): JsonObject {
  const definition = endpointDefinition(endpoint);
  const { headers } = definition;
  if (!isJsonObject(headers)) return definition;
  return {
    ...definition,
    headers: Object.fromEntries(Object.keys(headers).map((name) => [name, '(hidden)'])),
  };
}

/** An endpoint as `--json` prints it. */
export function printedEndpoint(endpoint: Endpoint): JsonObject {
  const { destination, disabled } = endpoint;
  return {
    ...printedDefinition(endpoint),
    ...(destination.kind === 'listener' && { listenerExpiresAt: destination.expiresAt }),
    ...(disabled && { disabled }),
  };
}

export function destinationText({ destination }: Endpoint): string {
  if (destination.kind === 'webhook') return destination.url;
  // Its URL is a secret, and the host says no more than the format.
  if (destination.kind === 'chat') return destination.format;
  return destination.kind === 'eventbridge' ? destination.busArn : 'pcr listen';
}

export function stateText({ disabled }: Endpoint): string {
  return disabled ? `disabled since ${disabled.at}: ${disabled.reason}` : 'enabled';
}
