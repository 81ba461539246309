import { errorName } from '../core/service-error.ts';
import { NameError } from './name-resolver.ts';

/** How far an attempt got. */
export interface AttemptProgress {
  step: 'resolving' | 'connecting' | 'securing' | 'answering';
  /** Address and port, as soon as they are known. */
  address: string | undefined;
  /** Why the connection to each earlier address failed. */
  readonly failed: string[];
}

/** Descriptions of error codes. Other errors keep the message of Node. */
const descriptions: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection closed before an answer',
  EPIPE: 'connection closed before an answer',
  ENETUNREACH: 'no route to the network',
  EHOSTUNREACH: 'no route to the host',
  ETIMEDOUT: 'no connection in time',
  ERR_SOCKET_CONNECTION_TIMEOUT: 'no connection in time',
  CERT_HAS_EXPIRED: 'the certificate has expired',
  CERT_NOT_YET_VALID: 'the certificate is not valid yet',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'the certificate is self-signed and not trusted',
  SELF_SIGNED_CERT_IN_CHAIN: 'the certificate is from an authority that is not trusted',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'the certificate is from an authority that is not trusted',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'the certificate comes without its intermediate certificates',
  EPROTO: 'the TLS handshake failed',
};

/** Describes why no answer came. The description contains no header and no body. */
export function failureReason(error: Error, { hostname }: URL, progress: AttemptProgress): string {
  if (error instanceof NameError) return nameReason(error.code, hostname);
  // Several addresses were tried, and each failed.
  if (error instanceof AggregateError) {
    const each = error.errors.flatMap((one) =>
      one instanceof Error ? [connectionReason(one, progress)] : [],
    );
    return [...new Set(each)].join('; ');
  }
  return connectionReason(error, progress);
}

function nameReason(code: string, hostname: string): string {
  if (code === 'ENOTFOUND') return `DNS has no address for ${hostname} (ENOTFOUND)`;
  if (code === 'ETIMEOUT' || code === 'ECANCELLED') return `DNS did not answer for ${hostname} (${code})`;
  return `DNS failed for ${hostname} (${code})`;
}

export function connectionReason(error: Error, progress: Pick<AttemptProgress, 'address'>): string {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : errorName(error);
  const address =
    'address' in error
      ? addressText(String(error.address), 'port' in error ? Number(error.port) : 0)
      : progress.address;
  const at = address === undefined ? '' : `${address}: `;
  if (code.startsWith('HPE_')) return `${at}the answer is not valid HTTP: ${error.message} (${code})`;
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    const names = 'reason' in error ? String(error.reason) : error.message;
    return `${at}the certificate is for another name: ${names} (${code})`;
  }
  // OpenSSL writes its own codes and file names around its reason.
  const detail = 'reason' in error && code === 'EPROTO' ? `: ${String(error.reason)}` : '';
  return `${at}${descriptions[code] ?? error.message}${detail} (${code})`.slice(0, 512);
}

/** Says which step an attempt did not finish in time. */
export function timeoutReason(progress: AttemptProgress, { hostname }: URL, timeoutMs: number): string {
  const { step, address, failed } = progress;
  const within = `within ${timeoutMs / 1_000} s`;
  if (step === 'resolving')
    // A URL with an IP address, which may be in brackets, needs no DNS.
    return /^\[|^[\d.]+$/.test(hostname)
      ? `${hostname}: no connection ${within}`
      : `DNS did not answer for ${hostname} ${within}`;
  if (step === 'connecting') return [...failed, `${address}: no connection ${within}`].join('; ');
  if (step === 'securing') return `${address}: the TLS handshake did not end ${within}`;
  return `${address}: connected, but no answer ${within}`;
}

export function addressText(address: string, port: number): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}
