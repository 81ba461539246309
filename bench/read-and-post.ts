import { setTimeout as sleep } from 'node:timers/promises';
import { GetOpportunityCommand, PartnerCentralSellingClient } from '@aws-sdk/client-partnercentral-selling';
import { clientSettings } from '../local/host/local-account.ts';
import { startLoopbackServer } from '../local/loopback-server.ts';
import { leastRounds, median } from './measurement.ts';

/**
 * One read of an opportunity and one POST of it, by hand, on kept-alive connections.
 * @returns the median, milliseconds
 */
export async function measureReadAndPost(partnerCentralUrl: string, Identifier: string): Promise<number> {
  const client = new PartnerCentralSellingClient(clientSettings(partnerCentralUrl));
  const receiver = await startLoopbackServer((request, response) => {
    request.resume().once('end', () => response.writeHead(204).end());
  });
  const timesMs: number[] = [];
  for (let round = 0; round <= leastRounds; round += 1) {
    // One in five of the reads that the quota allows.
    await sleep(500);
    const startedAtMs = performance.now();
    const answer = await client.send(new GetOpportunityCommand({ Catalog: 'AWS', Identifier }));
    await fetch(receiver.url, { method: 'POST', body: JSON.stringify(answer) });
    timesMs.push(performance.now() - startedAtMs);
  }
  client.destroy();
  await receiver.stop();
  return median(timesMs.slice(1));
}
