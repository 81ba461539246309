import dns from 'node:dns';
import { isIPv6, type LookupFunction } from 'node:net';
import { localAddresses } from './local-addresses.ts';

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

/** Answers of DNS servers in this process, also that a name does not exist. */
let answers = 0;

/** Resolves the name of one attempt. */
export interface NameLookup {
  readonly lookup: LookupFunction;
  /**
   * Says why DNS of this stack is at fault, not the name: since the query began, no server has
   * answered for any name, not even for the root of all names.
   */
  readonly resolverFault: () => string | undefined;
}

/**
 * Resolves names with c-ares, which needs no thread. `dns.lookup` holds one of the process's four
 * threads until DNS answers, and the SDK needs these threads too. IPv4 comes first, because a
 * function has IPv6 only in some networks. Ends with the attempt.
 * @param signal cancels the queries
 */
export function lookupWithin(signal: AbortSignal): NameLookup {
  const probe: Probe = { answersBefore: answers, isSent: false, code: 'ETIMEOUT' };
  return {
    lookup: lookupWith(probe, signal),
    resolverFault: () =>
      probe.isSent && answers === probe.answersBefore
        ? `no DNS server of this stack answers for any name: ${dns.getServers().join(', ')} (${probe.code})`
        : undefined,
  };
}

/** A query for the root of all names, which every working server answers. */
interface Probe {
  answersBefore: number;
  isSent: boolean;
  /** Why the query for the name failed. */
  code: string;
}

function lookupWith(probe: Probe, signal: AbortSignal): LookupFunction {
  return (hostname, options, callback) => {
    const fail = (error: NameError): void => callback(error, '');
    const answer = (addresses: readonly string[]): void => {
      const found = addresses.map((address) => ({ address, family: isIPv6(address) ? 6 : 4 }));
      if (options.all === true) callback(null, found);
      else callback(null, found[0]?.address ?? '', found[0]?.family);
    };
    const local = localAddresses(hostname);
    if (local.length > 0) process.nextTick(answer, local);
    else query(hostname, probe, signal).then(answer, fail);
  };
}

async function query(hostname: string, probe: Probe, signal: AbortSignal): Promise<readonly string[]> {
  if (signal.aborted) throw new NameError('ECANCELLED', hostname);
  const resolver = new dns.Resolver(timing);
  // `dns.setServers` replaces this function: it must not be imported by its name.
  resolver.setServers(dns.getServers());
  const cancel = (): void => resolver.cancel();
  signal.addEventListener('abort', cancel, { once: true });
  Object.assign(probe, { answersBefore: answers, isSent: false });
  const sendProbe = memoized(() => {
    probe.isSent = true;
    return answerOf((done) => resolver.resolveNs('.', done));
  });
  const timer = setTimeout(() => void sendProbe(), graceMs);
  try {
    const six = answerOf((done) => resolver.resolve6(hostname, done));
    const four = await answerOf((done) => resolver.resolve4(hostname, done));
    const late = four.addresses.length > 0 ? await within(graceMs, six) : await six;
    const addresses = [...four.addresses, ...(late?.addresses ?? [])];
    if (addresses.length > 0) return addresses;
    if (!signal.aborted && answers === probe.answersBefore) {
      probe.code = four.code;
      await sendProbe();
    }
    throw new NameError(four.code === 'ENOTFOUND' ? (late?.code ?? four.code) : four.code, hostname);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', cancel);
    cancel();
  }
}

function memoized<Result>(work: () => Result): () => Result {
  let result: { readonly value: Result } | undefined;
  return () => {
    result ??= { value: work() };
    return result.value;
  };
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
      if (code === 'ENOTFOUND') answers += 1;
      resolve(error ? { addresses: [], code } : { addresses, code });
    });
  });
}

function within<Result>(ms: number, work: Promise<Result>): Promise<Result | undefined> {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => resolve(undefined), ms);
  return Promise.race([work, promise]).finally(() => clearTimeout(timer));
}
