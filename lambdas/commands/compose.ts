import type { APIGatewayProxyEventV2WithIAMAuthorizer } from 'aws-lambda';
import { clientOf } from '../core/command-client.ts';
import { commandIdOf } from '../core/command-state.ts';
import { lineKeyOf } from '../core/command-version.ts';
import { instantOf } from '../core/instant.ts';
import { tryParseJson } from '../core/json-text.ts';
import { linePath } from '../core/line.ts';
import { outboxGraceMs } from '../core/retry-schedule.ts';
import { ServiceError } from '../core/service-error.ts';
import type { Clock } from '../ports/clock.ts';
import type { RuntimeWith } from '../runtime/runtime.ts';
import { type Acceptance, type AcceptDeps, accept } from './accept.ts';
import { acceptanceAnswer, detailsAnswer, type HttpAnswer, notJson, unavailableAnswer } from './answer.ts';
import type { commandsContract } from './contract.ts';
import { readCommand } from './read-command.ts';

/** What `commands` uses of its surroundings. */
export interface CommandsPorts extends Omit<AcceptDeps, 'enabled' | 'outboxGraceMs'> {
  readonly clock: Clock;
}

type CommandsRuntime = RuntimeWith<typeof commandsContract, 'COMMANDS' | 'TIME_SCALE'>;
type HttpRequest = APIGatewayProxyEventV2WithIAMAuthorizer;

/** Composes `commands` at cold start. Returns the function that answers one request. */
export function composeCommands(
  { env, log, metrics }: CommandsRuntime,
  ports: CommandsPorts,
): (request: HttpRequest) => Promise<HttpAnswer> {
  const deps = { ...ports, enabled: env.COMMANDS, outboxGraceMs: outboxGraceMs(env.TIME_SCALE) };
  const post = async (request: HttpRequest): Promise<HttpAnswer> => {
    const body = tryParseJson(bodyOf(request));
    if (body === undefined) return notJson;
    const key = request.headers['idempotency-key'];
    const acceptance = await accept(callerOf(request), key, body, instantOf(ports.clock.nowMs()), deps);
    report(acceptance, { log, metrics });
    return acceptanceAnswer(acceptance);
  };
  const get = async (request: HttpRequest): Promise<HttpAnswer> => {
    const client = callerOf(request);
    for (const key of keysIn(request)) {
      const details = await readCommand(commandIdOf(client, key), deps);
      if (details) return detailsAnswer(details);
    }
    return detailsAnswer(undefined);
  };
  return async (request) => {
    try {
      return await (request.requestContext.http.method === 'GET' ? get(request) : post(request));
    } catch (error) {
      if (!(error instanceof ServiceError) || error.retry.kind === 'never') throw error;
      return unavailableAnswer(error.code, error.retry.afterMs);
    }
  };
}

function report(acceptance: Acceptance, { log, metrics }: Pick<CommandsRuntime, 'log' | 'metrics'>): void {
  if (acceptance.kind === 'refused') {
    metrics.count('CommandsRefused');
    log.info('command.refused', { code: acceptance.refusal.code });
  }
  if (acceptance.kind !== 'accepted') return;
  const { command } = acceptance;
  metrics.count('CommandsAccepted');
  log.info('command.accepted', { commandId: command.id, line: linePath(lineKeyOf(command)) });
}

function callerOf({ requestContext }: HttpRequest): string {
  return clientOf(requestContext.authorizer.iam.userArn);
}

function bodyOf({ body = '', isBase64Encoded }: HttpRequest): string {
  return isBase64Encoded ? Buffer.from(body, 'base64').toString('utf8') : body;
}

/** API Gateway may have decoded the path or not, and `%` is allowed in a key. */
function keysIn({ pathParameters }: HttpRequest): readonly string[] {
  const given = pathParameters?.['key'] ?? '';
  const decoded = given.replaceAll(/%([0-9a-f]{2})/gi, (_escaped, hex: string) =>
    String.fromCodePoint(Number.parseInt(hex, 16)),
  );
  return [...new Set([given, decoded])];
}
