import type { IncomingMessage, ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { type LoopbackServer, startLoopbackServer } from '../../../local/loopback-server.ts';
import { operationOf } from '../pcr/recorded-calls.ts';

/** AWS for commands that change what a stage lacks: it accepts every call and does nothing. */
export interface AcceptingAws {
  readonly url: string;
  /** Each call, by service and operation: `dynamodb:Query`. */
  readonly calls: string[];
  readonly stop: () => Promise<void>;
}

/** Calls that the stage answers, by the variable with its address. */
const answeredByStage: Readonly<Record<string, string>> = {
  'cloudformation:DescribeStacks': 'AWS_ENDPOINT_URL_CLOUDFORMATION',
  'dynamodb:BatchGetItem': 'AWS_ENDPOINT_URL_DYNAMODB',
  'dynamodb:DescribeTable': 'AWS_ENDPOINT_URL_DYNAMODB',
  'dynamodb:ExecuteStatement': 'AWS_ENDPOINT_URL_DYNAMODB',
  'dynamodb:GetItem': 'AWS_ENDPOINT_URL_DYNAMODB',
  'dynamodb:Query': 'AWS_ENDPOINT_URL_DYNAMODB',
  'dynamodb:Scan': 'AWS_ENDPOINT_URL_DYNAMODB',
  'scheduler:GetSchedule': 'AWS_ENDPOINT_URL_SCHEDULER',
  'secretsmanager:GetSecretValue': 'AWS_ENDPOINT_URL_SECRETS_MANAGER',
  'sns:ListSubscriptionsByTopic': 'AWS_ENDPOINT_URL_SNS',
  'sqs:ReceiveMessage': 'AWS_ENDPOINT_URL_SQS',
  'sts:GetCallerIdentity': 'AWS_ENDPOINT_URL_STS',
};

/** @param endpoints addresses of the stage, by variable */
export async function startAcceptingAws(endpoints: Readonly<Record<string, string>>): Promise<AcceptingAws> {
  const calls: string[] = [];
  const server: LoopbackServer = await startLoopbackServer((request, response) => {
    // A caller that disconnects gets no answer.
    answer(request, response, endpoints, calls).catch(() => response.destroy());
  });
  return { url: server.url, calls, stop: server.stop };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  endpoints: Readonly<Record<string, string>>,
  calls: string[],
): Promise<void> {
  const body = await buffer(request);
  const call = `${serviceOf(request)}:${operationOf(request, body.toString())}`;
  calls.push(call);
  const endpoint = endpoints[answeredByStage[call] ?? ''];
  // A restored table exists as soon as it is looked for.
  if (endpoint === undefined || body.includes('-restored"')) return accept(request, body, response);
  const { method = 'GET', url = '/' } = request;
  const headers = Object.entries(request.headers).map(([name, value]): [string, string] => [
    name,
    String(value),
  ]);
  const given = await fetch(new URL(url, endpoint), {
    method,
    headers: headers.filter(([name]) => /^(?:authorization|content-type|x-amz.*)$/.test(name)),
    ...(method !== 'GET' && { body }),
  });
  response.writeHead(given.status, keptOf(given.headers)).end(await given.text());
}

function keptOf(headers: Headers): Readonly<Record<string, string>> {
  return Object.fromEntries([...headers].filter(([name]) => /^(?:content-type|x-amz.*)$/.test(name)));
}

/** The service for which the request is signed. */
function serviceOf({ headers: { authorization = '' } }: Pick<IncomingMessage, 'headers'>): string {
  const [, service = 'unsigned'] = /Credential=[^/]+\/\d+\/[^/]+\/(\w+)\//.exec(authorization) ?? [];
  return service;
}

/** In the protocol of the request: JSON, or XML after a form. */
function accept({ headers }: IncomingMessage, body: Buffer, response: ServerResponse): void {
  if (serviceOf({ headers }) === 's3') {
    // An empty bucket.
    response.writeHead(200, { 'content-type': 'application/xml' }).end('<ListBucketResult/>');
    return;
  }
  const isForm = headers['content-type']?.startsWith('application/x-www-form-urlencoded') === true;
  const operation = new URLSearchParams(body.toString()).get('Action') ?? '';
  const xml = `<${operation}Response><${operation}Result/></${operation}Response>`;
  const json = JSON.stringify({ Table: { TableStatus: 'ACTIVE' } });
  response
    .writeHead(200, { 'content-type': isForm ? 'text/xml' : 'application/json' })
    .end(isForm ? xml : json);
}
