import { HttpRequest, HttpResponse } from '@smithy/core/protocols';
import { type Signing, type SigningCredentials, sigv4Signer } from './sigv4.ts';
import { systemClock } from './system-clock.ts';

/** Middleware of the SDK that `signedAttempts` replaces, and its logger. */
const replaced = [
  // Even without a logger it copies every request and response, and redacts secrets in the copy.
  'loggerMiddleware',
  'hostHeaderMiddleware',
  'getUserAgentMiddleware',
  'contentLengthMiddleware',
  // Passes the trace on, by which Lambda finds loops: not through DynamoDB or Partner Central.
  'recursionDetectionMiddleware',
  'httpAuthSchemeMiddleware',
  'httpSigningMiddleware',
];

/**
 * Removes the middleware that `signedAttempts` replaces.
 * @throws TypeError if the SDK has it by another name
 */
export function withoutReplaced<
  Client extends { readonly middlewareStack: { remove(name: string): boolean } },
>(client: Client): Client {
  for (const name of replaced)
    if (!client.middlewareStack.remove(name)) throw new TypeError(`the SDK has no ${name}`);
  return client;
}

/** Where `signedAttempts` belongs: each attempt is signed with its own time. */
export const onEachAttempt = {
  name: 'signedAttempts',
  relation: 'after',
  toMiddleware: 'retryMiddleware',
} as const;

type UserAgent = readonly (readonly [string, string?])[];

/** What is used of the configuration of a client. */
interface SigningConfig {
  readonly credentials: () => Promise<SigningCredentials>;
  readonly region: () => Promise<string>;
  readonly defaultUserAgentProvider: () => Promise<UserAgent>;
  readonly customUserAgent?: UserAgent | undefined;
  systemClockOffset: number;
}

interface Context {
  /** Set if the endpoint has its own rules of signing. */
  readonly authSchemes?: readonly { readonly signingRegion?: string; readonly signingName?: string }[];
}

type Finalize = <Args extends { readonly request: unknown }, Result>(
  next: (args: Args) => Promise<Result>,
  context: Context,
) => (args: Args) => Promise<Result>;

/**
 * Adds the headers of a request and signs it, in one middleware instead of six.
 * @param service name of the service in signatures
 */
export function signedAttempts(config: SigningConfig, service: string): Finalize {
  const sign = sigv4Signer();
  let userAgent: string | undefined;
  return (next, { authSchemes: [scheme] = [] }) =>
    async (args) => {
      const { request } = args;
      if (!HttpRequest.isInstance(request)) return next(args);
      const { headers, hostname, port, body } = request;
      userAgent ??= userAgentOf(await config.defaultUserAgentProvider(), config.customUserAgent);
      headers['host'] = port === undefined ? hostname : `${hostname}:${port}`;
      headers['user-agent'] = userAgent;
      headers['content-length'] = String(Buffer.byteLength(body ?? ''));
      const signing: Signing = {
        credentials: await config.credentials(),
        region: scheme?.signingRegion ?? (await config.region()),
        service: scheme?.signingName ?? service,
        nowMs: systemClock.nowMs() + config.systemClockOffset,
      };
      sign(request, signing);
      try {
        return await next(args);
      } catch (error) {
        correctClock(config, error, signing.nowMs);
        throw error;
      }
    };
}

/** `aws-sdk-js/3.0.0 os/linux#6.1 md/nodejs#24.0.0` */
function userAgentOf(sdk: UserAgent, custom: UserAgent = []): string {
  const parts = [...sdk, ...custom].map(([name, version]) =>
    version === undefined ? name : `${name}${name.includes('/') ? '#' : '/'}${version}`,
  );
  return parts.join(' ');
}

/** AWS refuses signatures that are five minutes old. As in the SDK. */
const mostSkewMs = 4 * 60_000;

/** Learns the time of AWS from its refusal, and lets the SDK try again. */
function correctClock(config: SigningConfig, error: unknown, signedAtMs: number): void {
  if (!(error instanceof Error && '$response' in error && HttpResponse.isInstance(error.$response))) return;
  const serverMs = Date.parse(error.$response.headers['date'] ?? '');
  if (Number.isNaN(serverMs) || Math.abs(serverMs - signedAtMs) < mostSkewMs) return;
  config.systemClockOffset = serverMs - systemClock.nowMs();
  if ('$metadata' in error && typeof error.$metadata === 'object')
    Object.assign(error.$metadata ?? {}, { clockSkewCorrected: true });
}
