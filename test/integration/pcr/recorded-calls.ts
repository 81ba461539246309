import type { IncomingMessage, ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { type LoopbackServer, startLoopbackServer } from '../../../local/loopback-server.ts';

/** A call to AWS on the wire. */
export interface RecordedCall {
  /** As IAM names it: `dynamodb:GetItem`. */
  readonly action: string;
  readonly url: string;
  readonly body: string;
}

/** Prefixes of actions in IAM, by the variable that points the SDK to the service. */
const services: Readonly<Record<string, string>> = {
  AWS_ENDPOINT_URL_CLOUDFORMATION: 'cloudformation',
  AWS_ENDPOINT_URL_CLOUDWATCH: 'cloudwatch',
  AWS_ENDPOINT_URL_CLOUDWATCH_LOGS: 'logs',
  AWS_ENDPOINT_URL_DYNAMODB: 'dynamodb',
  AWS_ENDPOINT_URL_EVENTBRIDGE: 'events',
  AWS_ENDPOINT_URL_LAMBDA: 'lambda',
  AWS_ENDPOINT_URL_PARTNERCENTRAL_SELLING: 'partnercentral',
  AWS_ENDPOINT_URL_SCHEDULER: 'scheduler',
  AWS_ENDPOINT_URL_SECRETS_MANAGER: 'secretsmanager',
  AWS_ENDPOINT_URL_SNS: 'sns',
  AWS_ENDPOINT_URL_SQS: 'sqs',
  AWS_ENDPOINT_URL_STS: 'sts',
};

/** Operations without a name in the request. */
const restOperations: readonly (readonly [RegExp, string])[] = [
  [/^GET .*\/functions\/[^/]+\/configuration$/, 'GetFunctionConfiguration'],
  [/^POST .*\/functions\/[^/]+\/invocations$/, 'InvokeFunction'],
  [/^GET .*\/account-settings\/?$/, 'GetAccountSettings'],
  [/^GET .*\/event-source-mappings\/[^/]+$/, 'GetEventSourceMapping'],
  [/^GET \/schedules\/[^/]+$/, 'GetSchedule'],
];

/** Stands between `pcr` and the services of a stage, one server for each service. */
export class CallRecorder {
  readonly calls: RecordedCall[] = [];
  readonly #servers = new Map<string, { readonly server: LoopbackServer; readonly origin: string }>();

  /** @returns the variables with the addresses of the recorder */
  async start(endpoints: Readonly<Record<string, string>>): Promise<Readonly<Record<string, string>>> {
    for (const [variable, prefix] of Object.entries(services)) {
      const origin = new URL(endpoints[variable] ?? '').origin;
      const server = await startLoopbackServer((request, response) => {
        // A caller that disconnects gets no answer.
        this.#answer(prefix, origin, request, response).catch(() => response.destroy());
      });
      this.#servers.set(variable, { server, origin });
    }
    return Object.fromEntries([...this.#servers].map(([variable, { server }]) => [variable, server.url]));
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#servers.values()].map(({ server }) => server.stop()));
  }

  async #answer(
    prefix: string,
    origin: string,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const { method = 'GET', url = '/' } = request;
    const sqs = this.#servers.get('AWS_ENDPOINT_URL_SQS');
    // The embedded SQS knows only the URLs of its own queues.
    const body = (await buffer(request)).toString().replaceAll(sqs?.server.url ?? '', sqs?.origin ?? '');
    this.calls.push({ action: `${prefix}:${operationOf(request, body)}`, url, body });
    const answer = await fetch(new URL(url, origin), {
      method,
      headers: keptOf(Object.entries(request.headers).map(([name, value]) => [name, String(value)])),
      ...(method !== 'GET' && { body }),
    });
    const text = (await answer.text()).replaceAll(sqs?.origin ?? '', sqs?.server.url ?? '');
    response.writeHead(answer.status, keptOf([...answer.headers])).end(text);
  }
}

/** Headers that mean the same on the other side. */
function keptOf(
  headers: readonly (readonly [name: string, value: string])[],
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    headers.filter(([name]) => /^(?:authorization|content-type|x-amz.*)$/.test(name)),
  );
}

export function operationOf({ method = 'GET', url = '/', headers }: IncomingMessage, body: string): string {
  const target = headers['x-amz-target'];
  if (typeof target === 'string') return target.split('.').at(-1) ?? target;
  const call = `${method} ${url.split('?')[0]}`;
  const rest = restOperations.find(([pattern]) => pattern.test(call));
  return rest?.[1] ?? new URLSearchParams(body).get('Action') ?? call;
}
