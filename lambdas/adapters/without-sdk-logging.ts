/**
 * Removes the logger middleware from an SDK client. Even without a logger it copies every request
 * and response and redacts secrets in the copy. That took about 7 % of the processor time of
 * `hydrate`.
 */
export function withoutSdkLogging<
  Client extends { readonly middlewareStack: { remove(name: string): boolean } },
>(client: Client): Client {
  if (!client.middlewareStack.remove('loggerMiddleware'))
    throw new TypeError('SDK logger middleware not found');
  return client;
}
