import dns from 'node:dns';
import { readFileSync } from 'node:fs';
import { isIPv6, type LookupFunction } from 'node:net';

/** DNS has no address for a name. `code` is the one of c-ares, such as `ENOTFOUND`. */
export class NameError extends Error {
  override readonly name = 'NameError';
  readonly code: string;

  constructor(code: string, hostname: string) {
    super(`${code} ${hostname}`);
    this.code = code;
  }
}

/** A lost packet is sent again after one second, then after two and four. */
const timing = { timeout: 1_000, tries: 4 };
/** A name with an IPv4 address waits this long for the answer about IPv6, which may never come. */
const graceMs = 250;
const hostsFile = '/etc/hosts';

/**
 * Resolves names with c-ares, which needs no thread. `dns.lookup` holds one of the process's four
 * threads until DNS answers, and the SDK needs these threads too. IPv4 comes first, because a
 * function has IPv6 only in some networks. Ends with the attempt.
 * @param signal cancels the queries
 */
export function lookupWithin(signal: AbortSignal): LookupFunction {
  return (hostname, options, callback) => {
    const fail = (error: NameError): void => callback(error, '');
    const answer = (addresses: readonly string[]): void => {
      const found = addresses.map((address) => ({ address, family: isIPv6(address) ? 6 : 4 }));
      if (options.all === true) callback(null, found);
      else callback(null, found[0]?.address ?? '', found[0]?.family);
    };
    const local = localAddresses(hostname);
    if (local.length > 0) process.nextTick(answer, local);
    else query(hostname, signal).then(answer, fail);
  };
}

async function query(hostname: string, signal: AbortSignal): Promise<readonly string[]> {
  const resolver = new dns.Resolver(timing);
  // `dns.setServers` replaces this function: it must not be imported by its name.
  resolver.setServers(dns.getServers());
  const cancel = (): void => resolver.cancel();
  signal.addEventListener('abort', cancel, { once: true });
  try {
    const six = answerOf((done) => resolver.resolve6(hostname, done));
    const four = await answerOf((done) => resolver.resolve4(hostname, done));
    const late = four.addresses.length > 0 ? await within(graceMs, six) : await six;
    const addresses = [...four.addresses, ...(late?.addresses ?? [])];
    if (addresses.length > 0) return addresses;
    throw new NameError(four.code === 'ENOTFOUND' ? (late?.code ?? four.code) : four.code, hostname);
  } finally {
    signal.removeEventListener('abort', cancel);
    cancel();
  }
}

interface DnsAnswer {
  readonly addresses: readonly string[];
  readonly code: string;
}

function answerOf(
  ask: (done: (error: NodeJS.ErrnoException | null, addresses: string[]) => void) => void,
): Promise<DnsAnswer> {
  return new Promise((resolve) => {
    ask((error, addresses) => {
      // Both mean that the name has no address.
      const code = error?.code === 'ENODATA' ? 'ENOTFOUND' : (error?.code ?? 'ENOTFOUND');
      resolve(error ? { addresses: [], code } : { addresses, code });
    });
  });
}

function within<Result>(ms: number, work: Promise<Result>): Promise<Result | undefined> {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => resolve(undefined), ms);
  return Promise.race([work, promise]).finally(() => clearTimeout(timer));
}

/** Names of this machine (RFC 6761), and those of its hosts file, which c-ares does not read. */
function localAddresses(hostname: string): readonly string[] {
  const name = hostname.toLowerCase().replace(/\.$/, '');
  if (name === 'localhost' || name.endsWith('.localhost')) return ['127.0.0.1', '::1'];
  return readHosts().flatMap((line) => {
    const [address = '', ...names] = line.replace(/#.*/, '').trim().toLowerCase().split(/\s+/);
    return names.includes(name) ? [address] : [];
  });
}

function readHosts(): readonly string[] {
  try {
    return readFileSync(hostsFile, 'utf8').split('\n');
  } catch {
    return [];
  }
}
