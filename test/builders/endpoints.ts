import type { Endpoint } from '../../lambdas/core/endpoint.ts';

/** An endpoint that wants everything, unless told otherwise. */
export function endpoint(of: Partial<Endpoint> = {}): Endpoint {
  return {
    id: 'ep_orders',
    url: 'https://hooks.example.com/orders',
    topics: ['*'],
    catalogs: [],
    secretId: 'webhooks/orders',
    ...of,
  };
}
