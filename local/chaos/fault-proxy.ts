import { Agent, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { type LoopbackServer, startLoopbackServer } from '../loopback-server.ts';

/** A call that a function makes to a service of the stage. */
export interface ProxiedCall {
  readonly functionId: string;
  readonly service: Service;
  /** The name in `x-amz-target`, e.g. `TransactWriteItems`. */
  readonly operation: string;
  readonly body: string;
}

export interface ProxiedAnswer {
  readonly status: number;
  readonly body: string;
}

/** What happens to a call instead of being forwarded and answered. */
export type CallFault =
  /** Answered with an error, without being forwarded. */
  | { readonly kind: 'refuse'; readonly status: number; readonly body: Readonly<Record<string, unknown>> }
  /** Forwarded; the connection ends before the answer. */
  | { readonly kind: 'lose-answer' }
  /** Forwarded at once, answered late. */
  | { readonly kind: 'answer-late'; readonly byMs: number }
  /** The workers of the calling function end before the call is forwarded, or before its answer. */
  | { readonly kind: 'end-before' }
  | { readonly kind: 'end-after' };

export interface ProxyHooks {
  /** Returns the body to forward. @default the received body */
  readonly bodyOf?: (call: ProxiedCall) => string;
  readonly faultOf: (call: ProxiedCall) => CallFault | undefined;
  /** Ends the busy workers of a function. */
  readonly end: (functionId: string) => void;
  /** Called for every call. `answer` is undefined if the call was not forwarded. */
  readonly onCall: (
    call: ProxiedCall,
    fault: CallFault | undefined,
    answer: ProxiedAnswer | undefined,
  ) => void;
}

/** By the first part of `x-amz-target`. */
const services = {
  DynamoDB_20120810: 'DYNAMODB',
  AmazonSQS: 'SQS',
  secretsmanager: 'SECRETS_MANAGER',
  AWSPartnerCentralSelling: 'PARTNERCENTRAL_SELLING',
} as const;
export type Service = (typeof services)[keyof typeof services];

/** Stands between one function and its services. Each function has its own proxy and port. */
export class FaultProxy {
  readonly #functionId: string;
  readonly #hooks: ProxyHooks;
  readonly #agent = new Agent({ keepAlive: true });
  /** `http://127.0.0.1:<port>` of each service. */
  readonly #origins = new Map<string, string>();
  #server: LoopbackServer | undefined;

  constructor(functionId: string, hooks: ProxyHooks) {
    this.#functionId = functionId;
    this.#hooks = hooks;
  }

  async start(): Promise<void> {
    this.#server = await startLoopbackServer((incoming, response) => {
      // A caller that disconnects while it sends gets no answer.
      this.#answer(incoming, response).catch(() => response.destroy());
    });
  }

  /** Replaces the URL of each service by the proxy's in an environment, also in queue URLs. */
  environment(given: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
    for (const service of Object.values(services)) {
      const endpoint = URL.parse(given[`AWS_ENDPOINT_URL_${service}`] ?? '');
      if (endpoint) this.#origins.set(service, endpoint.origin);
    }
    return Object.fromEntries(
      Object.entries(given).map(([name, value]) => {
        const origin = [...this.#origins.values()].find((each) => value.startsWith(each));
        return [name, origin === undefined ? value : value.replace(origin, this.#url())];
      }),
    );
  }

  /** Ends the connections of both sides. No call may be under way. */
  closeIdle(): void {
    this.#server?.closeIdle();
    this.#agent.destroy();
  }

  async stop(): Promise<void> {
    await this.#server?.stop();
    this.#agent.destroy();
  }

  #url(): string {
    if (this.#server === undefined) throw new Error('The proxy is not started.');
    return this.#server.url;
  }

  async #answer(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const [prefix = '', operation = ''] = String(incoming.headers['x-amz-target']).split('.');
    const service = Object.entries(services).find(([name]) => name === prefix)?.[1];
    const origin = service && this.#origins.get(service);
    if (service === undefined || origin === undefined)
      throw new Error(`There is no service for ${prefix}.${operation}`);
    // Queue URLs in the body hold the proxy's origin. The embedded SQS knows only its own.
    const body = (await buffer(incoming)).toString().replaceAll(this.#url(), origin);
    const call = { functionId: this.#functionId, service, operation, body };
    const fault = this.#hooks.faultOf(call);
    if (fault?.kind === 'refuse') {
      this.#hooks.onCall(call, fault, undefined);
      response.writeHead(fault.status, { 'content-type': 'application/x-amz-json-1.0' });
      response.end(JSON.stringify(fault.body));
      return;
    }
    if (fault?.kind === 'end-before') {
      this.#hooks.onCall(call, fault, undefined);
      this.#hooks.end(this.#functionId);
      response.destroy();
      return;
    }
    const answer = await this.#forward(
      new URL(incoming.url ?? '/', origin),
      incoming,
      this.#hooks.bodyOf?.(call) ?? body,
    );
    this.#hooks.onCall(call, fault, { status: answer.status, body: answer.bytes.toString() });
    if (fault?.kind === 'end-after') this.#hooks.end(this.#functionId);
    if (fault?.kind === 'answer-late') await sleep(fault.byMs);
    else if (fault) response.destroy();
    if (response.destroyed) return;
    response.writeHead(answer.status, answer.headers);
    response.end(answer.bytes);
  }

  /** @throws the error of the connection; the caller then gets no answer either */
  #forward(target: URL, { headers }: IncomingMessage, body: string): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const options = {
        method: 'POST',
        agent: this.#agent,
        headers: { ...headers, host: target.host, 'content-length': Buffer.byteLength(body) },
      };
      const forwarded = request(target, options, (answer) => {
        buffer(answer).then(
          (bytes) => resolve({ status: answer.statusCode ?? 502, headers: answer.headers, bytes }),
          reject,
        );
      });
      forwarded.on('error', reject);
      forwarded.end(body);
    });
  }
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly bytes: Buffer;
}
