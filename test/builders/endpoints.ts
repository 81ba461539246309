import type { Endpoint, WebhookDestination } from '../../lambdas/core/endpoint.ts';
import type { EndpointId } from '../../lambdas/core/ids.ts';

/** An endpoint that by default receives everything. */
export function endpoint(of: Partial<Endpoint> = {}): Endpoint {
  return {
    id: 'ep_orders',
    destination: webhook({ secretId: secretIdFor(of.id ?? 'ep_orders') }),
    topics: ['*'],
    catalogs: [],
    payload: 'full',
    redact: [],
    ordering: 'none',
    ...of,
  };
}

/** Prefix of the names of all secrets. */
export const secretNamePrefix = 'webhooks/';

/** The own secret of an endpoint. */
export function secretIdFor(id: EndpointId): string {
  return `${secretNamePrefix}${id}`;
}

export function webhook(of: Partial<WebhookDestination> = {}): WebhookDestination {
  return {
    kind: 'webhook',
    url: 'https://hooks.example.com/orders',
    headers: {},
    timeoutSeconds: 15,
    secretId: secretIdFor('ep_orders'),
    ...of,
  };
}
