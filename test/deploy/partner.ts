import { PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { localAccountId } from '../../local/host/local-account.ts';
import type { PartnerEventEnvelope } from '../../local/partner-central/model/partner-events.ts';
import { SimulatedPartner } from '../../local/partner-central/model/simulated-partner.ts';
import { seededRandom } from '../../local/partner-central/seeded-random.ts';
import { type Simulator, startSimulator } from '../../local/partner-central/simulator-server.ts';
import type { Deployed } from './deployed.ts';

/** The members of an event that PutEvents accepts. The bus sets the id and the account. */
export type EmittedEvent = Pick<PartnerEventEnvelope, 'source' | 'detail-type' | 'resources' | 'detail'>;

/** A simulated Partner Central with the emitted events that are not on the bus yet. */
export interface PartnerCentral {
  readonly partner: SimulatedPartner;
  readonly simulator: Simulator;
  /** Returns and removes the emitted events. */
  readonly takeEmitted: () => readonly EmittedEvent[];
}

/** The quota of AWS. */
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

/** The limit of PutEvents. */
const maximumEntries = 10;

/** Puts events on the default bus. @returns their new ids in the same order */
export async function putEvents(
  { events }: Pick<Deployed, 'events'>,
  emitted: readonly EmittedEvent[],
): Promise<string[]> {
  const ids: string[] = [];
  for (let from = 0; from < emitted.length; from += maximumEntries) {
    const { Entries = [] } = await events.send(
      new PutEventsCommand({
        Entries: emitted.slice(from, from + maximumEntries).map((event) => ({
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
