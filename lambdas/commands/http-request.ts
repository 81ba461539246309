/** What the doors use of a request of API Gateway, in payload format 2.0. */
export interface HttpRequest {
  /** Names are in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body?: string | undefined;
  readonly isBase64Encoded: boolean;
  readonly pathParameters?: Readonly<Record<string, string | undefined>> | undefined;
  readonly requestContext: { readonly http: { readonly method: string } };
}

export function isGet({ requestContext }: Pick<HttpRequest, 'requestContext'>): boolean {
  return requestContext.http.method === 'GET';
}

/** The bytes of a body, as the client has sent them. */
export function bodyOf({
  body = '',
  isBase64Encoded,
}: Pick<HttpRequest, 'body' | 'isBase64Encoded'>): Buffer {
  return Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8');
}

/** API Gateway may have decoded the path or not, and `%` is allowed in a key. */
export function keysIn({ pathParameters }: Pick<HttpRequest, 'pathParameters'>): readonly string[] {
  const given = pathParameters?.['key'] ?? '';
  const decoded = given.replaceAll(/%([0-9a-f]{2})/gi, (_escaped, hex: string) =>
    String.fromCodePoint(Number.parseInt(hex, 16)),
  );
  return [...new Set([given, decoded])];
}
