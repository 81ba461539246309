import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { type SigningSecret, signedHeaders } from '../../lambdas/core/signature.ts';

export interface SignedRequestOptions {
  readonly clientId?: string;
  readonly secrets: readonly SigningSecret[];
  readonly key: string;
  readonly nowMs: number;
  /** A request without a body is a GET. */
  readonly body?: string;
  /** Replace headers, or remove them. */
  readonly headers?: Readonly<Record<string, string | undefined>>;
  /** Of a GET. @default the key */
  readonly pathKey?: string;
  readonly isBase64Encoded?: boolean;
}

/** A request as API Gateway passes it to `door`: payload format 2.0, without an authorizer. */
export function signedRequest(options: SignedRequestOptions): APIGatewayProxyEventV2 {
  const { clientId = 'crm', secrets, key, nowMs, body, isBase64Encoded = false } = options;
  const signed = signedHeaders(secrets, key, Math.floor(nowMs / 1_000), body ?? '');
  const headers = { 'relay-client': clientId, ...signed, ...options.headers };
  const method = body === undefined ? 'GET' : 'POST';
  const path = body === undefined ? `/commands/${key}` : '/commands';
  const routeKey = body === undefined ? 'GET /commands/{key+}' : 'POST /commands';
  return {
    version: '2.0',
    routeKey,
    rawPath: path,
    rawQueryString: '',
    headers,
    requestContext: {
      accountId: '111122223333',
      apiId: 'example',
      domainName: 'example.execute-api.us-east-1.amazonaws.com',
      domainPrefix: 'example',
      http: { method, path, protocol: 'HTTP/1.1', sourceIp: '192.0.2.1', userAgent: 'example' },
      requestId: 'request-1',
      routeKey,
      stage: '$default',
      time: '01/Mar/2026:10:00:05 +0000',
      timeEpoch: nowMs,
    },
    isBase64Encoded,
    ...(body === undefined
      ? { pathParameters: { key: options.pathKey ?? key } }
      : { body: isBase64Encoded ? Buffer.from(body).toString('base64') : body }),
  };
}
