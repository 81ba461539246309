/**
 * Where the emulator serves an HTTP API of the stack. DNS does not know the host of its URL.
 * @param url an output of the stack
 */
export function apiUrlOn(emulatorUrl: string, url: string): string {
  const [, apiId] = /^https?:\/\/(\w+)\.execute-api\./.exec(url) ?? [];
  if (apiId === undefined) throw new Error(`${url} is not the URL of an HTTP API.`);
  return `${emulatorUrl}/_aws/execute-api/${apiId}/$default`;
}
