import type { Endpoint, WebhookDestination } from '../../lambdas/core/endpoint.ts';

/** An endpoint that by default receives everything. */
export function endpoint(of: Partial<Endpoint> = {}): Endpoint {
  return {
    id: 'ep_orders',
    destination: webhook(),
    topics: ['*'],
    catalogs: [],
    payload: 'full',
    redact: [],
    ordering: 'none',
    ...of,
  };
}

export function webhook(of: Partial<WebhookDestination> = {}): WebhookDestination {
  return {
    kind: 'webhook',
    url: 'https://hooks.example.com/orders',
    headers: {},
    timeoutSeconds: 15,
    secretId: 'webhooks/orders',
    ...of,
  };
}
