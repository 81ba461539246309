import { PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { localAccountId } from '../../local/host/local-account.ts';
import type { PartnerEventEnvelope } from '../../local/partner-central/model/partner-events.ts';
import { SimulatedPartner } from '../../local/partner-central/model/simulated-partner.ts';
import { seededRandom } from '../../local/partner-central/seeded-random.ts';
import { type Simulator, startSimulator } from '../../local/partner-central/simulator-server.ts';
import type { Deployed } from './deployed.ts';

/** What PutEvents takes of an event: its id and its account are for the bus to give. */
export type Told = Pick<PartnerEventEnvelope, 'source' | 'detail-type' | 'resources' | 'detail'>;

/** Partner Central, and what it told of its changes and has not put on the bus yet. */
export interface PartnerCentral {
  readonly partner: SimulatedPartner;
  readonly simulator: Simulator;
  readonly takeEmitted: () => readonly Told[];
}

/** What AWS grants. */
const quota = { perSecond: 10, perDay: 100_000 };

export async function startPartnerCentral(): Promise<PartnerCentral> {
  const emitted: PartnerEventEnvelope[] = [];
  const partner = new SimulatedPartner({
    random: seededRandom(5),
    nowMs: Date.now,
    accountId: localAccountId,
    emit: (event) => emitted.push(event),
  });
  return {
    partner,
    simulator: await startSimulator({ partner, quota }),
    takeEmitted: () => emitted.splice(0),
  };
}

/** PutEvents takes so many at once. */
const mostEntries = 10;

/** Puts events on the default bus. @returns the ids that the bus gave them, in their order */
export async function putEvents(
  { events }: Pick<Deployed, 'events'>,
  told: readonly Told[],
): Promise<string[]> {
  const ids: string[] = [];
  for (let from = 0; from < told.length; from += mostEntries) {
    const { Entries = [] } = await events.send(
      new PutEventsCommand({
        Entries: told.slice(from, from + mostEntries).map((event) => ({
          Source: event.source,
          DetailType: event['detail-type'],
          Resources: [...event.resources],
          Detail: JSON.stringify(event.detail),
        })),
      }),
    );
    for (const { EventId, ErrorMessage = 'no id' } of Entries) {
      if (EventId === undefined) throw new Error(`The bus refused an event: ${ErrorMessage}`);
      ids.push(EventId);
    }
  }
  return ids;
}
