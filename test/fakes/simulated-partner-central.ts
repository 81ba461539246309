import { readFailure, writeFailure } from '../../lambdas/adapters/selling-api-failure.ts';
import { partnerCentralOver } from '../../lambdas/adapters/selling-api-partner-central.ts';
import { isJsonObject, type JsonObject, omitNulls } from '../../lambdas/core/json.ts';
import { parseJson, stringifyJson } from '../../lambdas/core/json-text.ts';
import type { WriteOperation } from '../../lambdas/core/write-operation.ts';
import type { PartnerCentral } from '../../lambdas/ports/partner-central.ts';
import type { PartnerCentralWrites, WriteResult } from '../../lambdas/ports/partner-central-writes.ts';
import type { SimulatedPartner } from '../../local/partner-central/model/simulated-partner.ts';
import { operations } from '../../local/partner-central/operations/operations.ts';
import { PageTokens } from '../../local/partner-central/operations/page-tokens.ts';
import { WireError } from '../../local/partner-central/wire/wire-error.ts';

/** One call of a write. */
export interface WriteCall {
  readonly operation: WriteOperation;
  readonly body: JsonObject;
}

/** Plays one call: `perform` is what the service does. */
export type PlayCall = (perform: () => WriteResult, call: WriteCall) => WriteResult | Promise<WriteResult>;

export interface SimulatedPartnerCentral {
  readonly partnerCentral: PartnerCentral;
  readonly writes: PartnerCentralWrites;
  /** Every write that was sent, oldest first. */
  readonly calls: readonly WriteCall[];
  /** How old the answers of reads are, milliseconds. @default 0 */
  lagMs: number;
  /** How the next writes are played, in order; later ones as usual. */
  readonly plays: PlayCall[];
  /** Called before each read. It may throw the failure of the read. */
  onRead: (operation: string) => void;
}

/** The operations of the simulator behind the ports, without a network. */
export function simulatedPartnerCentral(partner: SimulatedPartner): SimulatedPartnerCentral {
  const tokens = new PageTokens();
  const calls: WriteCall[] = [];
  const perform = (operation: string, input: JsonObject, lagMs: number): JsonObject => {
    const run = operations.get(operation);
    if (!run) throw new Error(`the simulator has no ${operation}`);
    return overTheWire(
      run({ view: partner.view(lagMs), tokens, writes: partner.writes }, overTheWire(input)),
    );
  };
  const write = (operation: WriteOperation, body: JsonObject): WriteResult => {
    try {
      return { kind: 'done', answer: omitNulls(perform(operation, body, 0)) };
    } catch (error) {
      return writeFailure(sdkError(error));
    }
  };
  const simulated: SimulatedPartnerCentral = {
    calls,
    lagMs: 0,
    plays: [],
    onRead: () => undefined,
    partnerCentral: partnerCentralOver(async (operation, parse, command) => {
      simulated.onRead(operation);
      const input: unknown = JSON.parse(JSON.stringify(command.input));
      try {
        return parse(perform(operation, isJsonObject(input) ? input : {}, simulated.lagMs));
      } catch (error) {
        throw readFailure(operation, sdkError(error));
      }
    }),
    writes: {
      async write(operation, body, isCurrent) {
        if (!isCurrent()) return { kind: 'outdated' };
        const call = { operation, body };
        calls.push(call);
        const play = simulated.plays.shift();
        const usual = () => write(operation, body);
        return play ? play(usual, call) : usual();
      },
    },
  };
  return simulated;
}

function overTheWire(body: JsonObject): JsonObject {
  const received = parseJson(stringifyJson(body));
  return isJsonObject(received) ? received : {};
}

/** As the SDK throws it. */
function sdkError(error: unknown): unknown {
  if (!(error instanceof WireError)) return error;
  const { name, status, body } = error;
  return Object.assign(new Error(''), body, { name, $metadata: { httpStatusCode: status } });
}
