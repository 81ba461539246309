/**
 * The name of the secret that is created for an endpoint or a client.
 * @param prefix of the names of all secrets of their kind
 */
export function ownSecretName(id: string, prefix: string): string {
  return `${prefix}${id}`;
}
