import type { Endpoint, WebhookDestination } from '../lambdas/core/endpoint.ts';

/** Creates an endpoint with default settings. */
export function webhookEndpoint({
  url,
  secretId,
  caCertificate,
  ...chosen
}: Pick<Endpoint, 'id' | 'topics' | 'catalogs'> &
  Partial<Pick<Endpoint, 'ordering'>> &
  Pick<WebhookDestination, 'url' | 'secretId' | 'caCertificate'>): Endpoint {
  const destination: WebhookDestination = {
    kind: 'webhook',
    url,
    headers: {},
    timeoutSeconds: 15,
    secretId,
    ...(caCertificate !== undefined && { caCertificate }),
  };
  return { destination, payload: 'full', redact: [], ordering: 'none', ...chosen };
}
