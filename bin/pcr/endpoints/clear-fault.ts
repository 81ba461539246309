import type { EndpointId } from '../../../lambdas/core/ids.ts';
import type { Relay } from '../relay.ts';

/**
 * Ends the pause after a fault of the relay, because the fault may be repaired now. If it is not,
 * the next attempt begins another pause. A wait that the receiver requested stays.
 */
export async function clearFault(id: EndpointId, { gates }: Pick<Relay, 'gates'>): Promise<void> {
  for (;;) {
    const { gate, revision } = await gates.read(id);
    if (gate?.pause?.cause !== 'own-fault') return;
    const { pause: _ended, ...open } = gate;
    if ((await gates.write(id, open, revision)) === 'written') return;
  }
}
