/**
 * Takes the SDK's own logging out of a client. Even without a logger it makes a copy of all that is sent and received, with
 * the secrets taken out: some 7 % of the processor time of `hydrate`, for a log that nobody writes.
 */
export function unlogged<Client extends { readonly middlewareStack: { remove(name: string): boolean } }>(
  client: Client,
): Client {
  if (!client.middlewareStack.remove('loggerMiddleware')) throw new TypeError('the SDK logs by another name');
  return client;
}
