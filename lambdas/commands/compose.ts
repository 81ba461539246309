import type { APIGatewayProxyEventV2WithIAMAuthorizer } from 'aws-lambda';
import { clientOf } from '../core/command-client.ts';
import { commandIdOf } from '../core/command-state.ts';
import { outboxGraceMs } from '../core/retry-schedule.ts';
import type { Clock } from '../ports/clock.ts';
import type { RuntimeWith } from '../runtime/runtime.ts';
import type { AcceptDeps } from './accept.ts';
import { detailsAnswer, type HttpAnswer } from './answer.ts';
import { answerFailures } from './answer-failures.ts';
import { answerRequest } from './answer-request.ts';
import type { commandsContract } from './contract.ts';
import { bodyOf, isGet, keysIn } from './http-request.ts';
import { readCommand } from './read-command.ts';

/** What `commands` uses of its surroundings. */
export interface CommandsPorts extends Omit<AcceptDeps, 'enabled' | 'outboxGraceMs'> {
  readonly clock: Clock;
}

type CommandsRuntime = RuntimeWith<typeof commandsContract, 'COMMANDS' | 'TIME_SCALE'>;
type IamRequest = APIGatewayProxyEventV2WithIAMAuthorizer;

/** Composes `commands` at cold start. Returns the function that answers one request. */
export function composeCommands(
  { env, log, metrics }: CommandsRuntime,
  ports: CommandsPorts,
): (request: IamRequest) => Promise<HttpAnswer> {
  const grace = outboxGraceMs(env.TIME_SCALE);
  const deps = { ...ports, enabled: env.COMMANDS, outboxGraceMs: grace, log, metrics };
  const post = async (request: IamRequest): Promise<HttpAnswer> => {
    const key = request.headers['idempotency-key'];
    return answerRequest({ name: clientName(request) }, key, bodyOf(request), deps);
  };
  const get = async (request: IamRequest): Promise<HttpAnswer> => {
    const client = clientName(request);
    const keys = keysIn(request);
    for (const key of keys) {
      const details = await readCommand(commandIdOf(client, key), deps);
      if (details) return detailsAnswer(key, details);
    }
    return detailsAnswer(keys[0] ?? '', undefined);
  };
  return (request) => answerFailures(() => (isGet(request) ? get(request) : post(request)));
}

function clientName({ requestContext }: IamRequest): string {
  return clientOf(requestContext.authorizer.iam.userArn);
}
