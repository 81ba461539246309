import { readFileSync } from 'node:fs';

const hostsFile = '/etc/hosts';

/** Names of this machine (RFC 6761), and those of its hosts file, which c-ares does not read. */
export function localAddresses(hostname: string): readonly string[] {
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
