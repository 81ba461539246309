import type { IncomingHttpHeaders } from 'node:http';
import { localAccountId, localCredentials, localUserArn } from '../local-account.ts';
import type { MatchedRoute } from './routes.ts';

export interface IncomingCall {
  readonly method: string;
  readonly url: URL;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/**
 * Makes the event of an HTTP API for a function: payload format 2.0, with a caller if the route is
 * authorized by IAM.
 */
export function httpEvent(
  { method, url, headers, body }: IncomingCall,
  { route: { routeKey, isForIam }, pathParameters }: MatchedRoute,
  apiId: string,
  { requestId, epochMs }: { readonly requestId: string; readonly epochMs: number },
) {
  const path = decodeURIComponent(url.pathname);
  return {
    version: '2.0',
    routeKey,
    rawPath: path,
    rawQueryString: url.search.slice(1),
    headers: Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [name, [value].flat().join(',')]),
    ),
    requestContext: {
      accountId: localAccountId,
      apiId,
      ...(isForIam && { authorizer: { iam: localCaller } }),
      domainName: url.host,
      domainPrefix: apiId,
      http: {
        method,
        path,
        protocol: 'HTTP/1.1',
        sourceIp: '127.0.0.1',
        userAgent: headers['user-agent'] ?? '',
      },
      requestId,
      routeKey,
      stage: '$default',
      time: new Date(epochMs).toUTCString(),
      timeEpoch: epochMs,
    },
    pathParameters,
    ...(body !== '' && { body }),
    isBase64Encoded: false,
  };
}

const localCaller = {
  accessKey: localCredentials.accessKeyId,
  accountId: localAccountId,
  callerId: 'local',
  cognitoIdentity: null,
  principalOrgId: null,
  userArn: localUserArn,
  userId: 'local',
};
