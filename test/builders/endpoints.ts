import type { ChatDestination, Endpoint, WebhookDestination } from '../../lambdas/core/endpoint.ts';
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

/** A channel of Slack, unless the format says Teams. */
export function chat(of: Partial<ChatDestination> = {}): ChatDestination {
  return { kind: 'chat', format: 'slack', timeoutSeconds: 15, secretId: secretIdFor('ep_orders'), ...of };
}

/** URLs in the form of real ones, with made-up credentials. */
export const slackUrl = 'https://hooks.slack.com/services/T0EXAMPLE/B0EXAMPLE/ExampleTokenOfAChannel00';
export const teamsUrl =
  'https://prod-00.westus.logic.azure.com:443/workflows/0123456789abcdef0123456789abcdef/triggers/manual/paths/invoke?api-version=2016-06-01&sp=%2Ftriggers%2Fmanual%2Frun&sv=1.0&sig=Example-Signature_Of0Channel';
