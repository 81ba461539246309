import type { AcceptDeps } from '../commands/accept.ts';
import { detailsAnswer, type HttpAnswer } from '../commands/answer.ts';
import { answerFailures } from '../commands/answer-failures.ts';
import { answerRequest } from '../commands/answer-request.ts';
import { type HttpRequest, isGet } from '../commands/http-request.ts';
import { readCommand } from '../commands/read-command.ts';
import type { Client } from '../core/client.ts';
import { commandIdOf } from '../core/command-state.ts';
import { outboxGraceMs } from '../core/retry-schedule.ts';
import type { RuntimeWith } from '../runtime/runtime.ts';
import { type AdmitDeps, createAdmissionControl } from './admit-request.ts';
import type { doorContract } from './contract.ts';
import { tooLarge } from './refusals.ts';
import { readSignedRequest, type SignedRequest, signedBodyOf } from './signed-request.ts';

/** What `door` uses of its surroundings. */
export interface DoorPorts
  extends Omit<AcceptDeps, 'enabled' | 'outboxGraceMs'>,
    Omit<AdmitDeps, 'log' | 'metrics'> {}

type DoorRuntime = RuntimeWith<typeof doorContract, 'COMMANDS' | 'TIME_SCALE'>;

/** Composes `door` at cold start. Returns the function that answers one request. */
export function composeDoor(
  { env, log, metrics }: DoorRuntime,
  ports: DoorPorts,
): (request: HttpRequest) => Promise<HttpAnswer> {
  const grace = outboxGraceMs(env.TIME_SCALE);
  const deps = { ...ports, enabled: env.COMMANDS, outboxGraceMs: grace, log, metrics };
  const admit = createAdmissionControl({ ...ports, log, metrics });

  const post = (client: Client, key: string, body: Buffer): Promise<HttpAnswer> =>
    answerRequest({ name: client.id, client }, key, body, deps);
  const get = async (client: Client, key: string): Promise<HttpAnswer> =>
    detailsAnswer(key, await readCommand(commandIdOf(client.id, key), deps), client);
  const answer = async (request: HttpRequest): Promise<HttpAnswer> => {
    const body = signedBodyOf(request);
    if (body === 'too-large') return tooLarge;
    const signed = readSignedRequest(request, body);
    const admitted = await admit(signed);
    if (admitted.kind === 'refused') return admitted.answer;
    const key = keyOf(signed);
    return isGet(request) ? get(admitted.client, key) : post(admitted.client, key, body);
  };
  return (request) => answerFailures(() => answer(request));
}

function keyOf(signed: SignedRequest | undefined): string {
  return signed?.headers['webhook-id'] ?? '';
}
