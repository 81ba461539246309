import type { APIGatewayProxyEventV2WithIAMAuthorizer } from 'aws-lambda';

export interface HttpRequestOptions {
  readonly method: 'GET' | 'POST';
  /** Headers with names in lower case, as API Gateway sends them. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly isBase64Encoded?: boolean;
  /** Of the path `/commands/{key+}`. */
  readonly key?: string;
  readonly userArn?: string;
}

/** A request as API Gateway passes it to a function: payload format 2.0, authorized by IAM. */
export function httpRequest(options: HttpRequestOptions): APIGatewayProxyEventV2WithIAMAuthorizer {
  const { method, headers = {}, body, isBase64Encoded = false, key } = options;
  const { userArn = 'arn:aws:sts::111122223333:assumed-role/crm/session-1' } = options;
  const path = key === undefined ? '/commands' : `/commands/${key}`;
  const routeKey = key === undefined ? 'POST /commands' : 'GET /commands/{key+}';
  const iam = {
    accessKey: 'EXAMPLE',
    accountId: '111122223333',
    callerId: 'EXAMPLE:session-1',
    cognitoIdentity: null,
    principalOrgId: 'aws:PrincipalOrgID',
    userArn,
    userId: 'EXAMPLE:session-1',
  };
  return {
    version: '2.0',
    routeKey,
    rawPath: path,
    rawQueryString: '',
    headers: { ...headers },
    requestContext: {
      accountId: '111122223333',
      apiId: 'example',
      authorizer: { iam },
      domainName: 'example.execute-api.us-east-1.amazonaws.com',
      domainPrefix: 'example',
      http: { method, path, protocol: 'HTTP/1.1', sourceIp: '192.0.2.1', userAgent: 'example' },
      requestId: 'request-1',
      routeKey,
      stage: '$default',
      time: '01/Mar/2026:10:00:05 +0000',
      timeEpoch: 1_772_359_205_000,
    },
    isBase64Encoded,
    ...(body !== undefined && { body }),
    ...(key !== undefined && { pathParameters: { key } }),
  };
}
