import { Agent, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { type LoopbackServer, startLoopbackServer } from '../loopback-server.ts';

/** A call of a function to a service of the stage. */
export interface ProxiedCall {
  readonly functionId: string;
  readonly service: Service;
  /** As `x-amz-target` names it, e.g. `TransactWriteItems`. */
  readonly operation: string;
  readonly body: string;
}

/** What becomes of a call instead of being passed on and answered. */
export type CallFault =
  /** Answered with an error, without being passed on. */
  | { readonly kind: 'refuse'; readonly status: number; readonly body: Readonly<Record<string, unknown>> }
  /** Passed on; the connection ends before the answer. */
  | { readonly kind: 'lose-answer' }
  /** Passed on at once, answered late. */
  | { readonly kind: 'answer-late'; readonly byMs: number }
  /** The workers of the calling function end before the call is passed on, or between its effect and its answer. */
  | { readonly kind: 'end-before' }
  | { readonly kind: 'end-after' };

export interface ProxyHooks {
  /** What is passed on in place of the body. @default the body as it came */
  readonly bodyOf?: (call: ProxiedCall) => string;
  readonly faultOf: (call: ProxiedCall) => CallFault | undefined;
  /** Ends the workers of a function. */
  readonly end: (functionId: string) => void;
  /** Told of every call; `status` is undefined where it was not passed on. */
  readonly onCall: (
    call: ProxiedCall,
    fault: CallFault | undefined,
    answer: { readonly status: number; readonly body: string } | undefined,
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

/** Stands between one function and the services that it calls. It has a port of its own, so that it knows who calls. */
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
      // A caller that goes away while it sends gets no answer.
      this.#answer(incoming, response).catch(() => response.destroy());
    });
  }

  /** The environment of the function with the proxy in the place of each service, in queue URLs too. */
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
      throw new Error(`No service answers to ${prefix}.${operation}`);
    // Queue URLs in a request name the queue; the embedded SQS knows its own origin only.
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
    const answer = await this.#passOn(
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

  /** @throws what the connection throws; the caller then gets no answer either */
  #passOn(target: URL, { headers }: IncomingMessage, body: string): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const options = {
        method: 'POST',
        agent: this.#agent,
        headers: { ...headers, host: target.host, 'content-length': Buffer.byteLength(body) },
      };
      const passed = request(target, options, (answer) => {
        buffer(answer).then(
          (bytes) => resolve({ status: answer.statusCode ?? 502, headers: answer.headers, bytes }),
          reject,
        );
      });
      passed.on('error', reject);
      passed.end(body);
    });
  }
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly bytes: Buffer;
}
