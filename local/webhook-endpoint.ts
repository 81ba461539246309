import type { Endpoint, WebhookDestination } from '../lambdas/core/endpoint.ts';

/** Creates an endpoint with default settings. */
export function webhookEndpoint({
  url,
  secretId,
  caCertificate,
  timeoutSeconds = 15,
  ...chosen
}: Pick<Endpoint, 'id' | 'topics' | 'catalogs'> &
  Partial<Pick<Endpoint, 'ordering' | 'filter' | 'client' | 'echo'>> &
  Pick<WebhookDestination, 'url' | 'secretId' | 'caCertificate'> &
  Partial<Pick<WebhookDestination, 'timeoutSeconds'>>): Endpoint {
  const destination: WebhookDestination = {
    kind: 'webhook',
    url,
    headers: {},
    timeoutSeconds,
    secretId,
    ...(caCertificate !== undefined && { caCertificate }),
  };
  return { destination, payload: 'full', redact: [], ordering: 'none', ...chosen };
}
