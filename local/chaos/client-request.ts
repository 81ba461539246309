import type { JsonObject } from '../../lambdas/core/json.ts';
import type { RecordKey } from '../../lambdas/core/record.ts';
import type { Random } from '../partner-central/seeded-random.ts';
import type { SentCommand } from './sent-command.ts';

/** A request of a client, and how to recognize its effect. */
export interface ClientRequest extends SentCommand {
  readonly body: JsonObject;
}

/** A stored record. */
export interface ClientTarget extends RecordKey {
  readonly payload: JsonObject;
}

export interface RequestParts {
  readonly number: number;
  readonly random: Random;
  readonly nowMs: number;
  /** Names of the clients. */
  readonly clients: readonly string[];
  /** How soon a command expires that does not wait for long, milliseconds. */
  readonly lifeMs: readonly [shortest: number, longest: number];
  /** The records that a request can be about. */
  readonly targets: readonly ClientTarget[];
  /** A word that stands for personal data. */
  readonly plant: () => string;
  /** The last request that was accepted, by client. */
  readonly before: ReadonlyMap<string, ClientRequest>;
  /** What only one command may change, so that an effect has one command. */
  readonly taken: Set<string>;
}

/** What a request asks of one record. */
export interface RequestTo extends Pick<ClientRequest, 'action' | 'paths' | 'isEffect' | 'body'> {
  readonly state: ClientTarget;
}
