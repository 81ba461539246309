import type { Deployed } from './deployed.ts';
import type { SignedClient } from './door-scene.ts';
import type { Pcr } from './pcr.ts';
import { until } from './until.ts';

/**
 * Uninstalls the stack with `pcr`, and waits until the door refuses the client.
 * @param client with a command that the tables hold
 * @throws Error naming what failed
 */
export async function uninstall(deployed: Deployed, client: SignedClient, pcr: Pcr): Promise<void> {
  const before = await client.readFirst(deployed);
  if (before !== '200 succeeded') throw new Error(`Before pcr uninstall the door answers ${before}.`);
  const printed = await pcr('uninstall', '--yes');
  const secret = `${deployed.output('ClientSecretNamePrefix')}${client.id}`;
  assertPrinted(printed, [`1 client to disable: ${client.id}`, secret, 'Done.']);
  assertPrinted(await pcr('uninstall', '--dry-run'), ['0 clients to disable', '0 secrets to schedule']);
  // The door remembers a client for ten seconds.
  await until('the door refuses the client', 60, async () => {
    const answer = await client.readFirst(deployed);
    return /^(?:401 unauthorized|403 client-disabled)$/.test(answer) ? [] : [answer];
  });
}

function assertPrinted(printed: string, expected: readonly string[]): void {
  const missing = expected.filter((text) => !printed.includes(text));
  if (missing.length > 0) throw new Error(`pcr uninstall lacks ${missing.join(', ')}:\n${printed}`);
}
