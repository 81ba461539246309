import type { Endpoint, WebhookDestination } from '../lambdas/core/endpoint.ts';

/** Creates an endpoint with default settings. */
export function webhookEndpoint({
  url,
  secretId,
  ...chosen
}: Pick<Endpoint, 'id' | 'topics' | 'catalogs'> &
  Partial<Pick<Endpoint, 'ordering'>> &
  Pick<WebhookDestination, 'url' | 'secretId'>): Endpoint {
  const destination: WebhookDestination = { kind: 'webhook', url, headers: {}, timeoutSeconds: 15, secretId };
  return { destination, payload: 'full', redact: [], ordering: 'none', ...chosen };
}
