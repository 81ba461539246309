import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import * as v from 'valibot';
import { startLoopbackServer } from '../../loopback-server.ts';
import type { FunctionHost } from '../functions/function-host.ts';
import type { Invoke } from '../functions/invocation.ts';
import { type Identity, parseProperties, physicalName, type Resolve } from '../template/intrinsics.ts';
import type { Resource, Template } from '../template/template.ts';
import { httpEvent, type IncomingCall } from './http-event.ts';
import { matchRoute, type Route } from './routes.ts';

/** An HTTP API of the template on a loopback address. */
export interface HostedHttpApi {
  readonly resource: Resource;
  readonly url: string;
  readonly stop: () => Promise<void>;
}

interface Backend {
  readonly routes: readonly Route[];
  readonly functions: readonly FunctionHost[];
  readonly invoke: Invoke;
}

const routeSchema = v.object({
  ApiId: v.string(),
  RouteKey: v.string(),
  Target: v.string(),
  AuthorizationType: v.optional(v.picklist(['AWS_IAM', 'NONE']), 'NONE'),
});
const integrationSchema = v.object({ IntegrationUri: v.string(), PayloadFormatVersion: v.literal('2.0') });

const answerSchema = v.object({
  statusCode: v.number(),
  headers: v.optional(v.record(v.string(), v.string()), {}),
  body: v.optional(v.string(), ''),
});

/**
 * Starts each HTTP API of the template, and adds its endpoint to `identities`. Signatures of AWS
 * are not checked: a request to a route with IAM is one of the user of the local account.
 * @param backend called for each request, so that an API can start before the functions
 */
export async function startHttpApis(
  template: Template,
  identities: Map<string, Identity>,
  backend: () => Backend,
): Promise<readonly HostedHttpApi[]> {
  const apis = ofType(template, 'AWS::ApiGatewayV2::Api');
  return Promise.all(
    apis.map(async (resource) => {
      const ref = physicalName(template, resource.logicalId);
      const { url, stop } = await startLoopbackServer((request, response) => {
        void respond(request, response, backend(), ref);
      });
      identities.set(resource.logicalId, { ref, attributes: { ApiEndpoint: url } });
      return { resource, url, stop };
    }),
  );
}

/**
 * Reads the routes of all HTTP APIs.
 * @throws Error naming the resource that the stage does not support
 */
export function readRoutes(template: Template, resolve: Resolve): readonly Route[] {
  const uris = new Map(
    ofType(template, 'AWS::ApiGatewayV2::Integration').map((resource) => [
      `integrations/${String(resolve({ Ref: resource.logicalId }))}`,
      parseProperties(integrationSchema, resource, resolve).IntegrationUri,
    ]),
  );
  return ofType(template, 'AWS::ApiGatewayV2::Route').map((resource) => {
    const { ApiId, RouteKey, Target, AuthorizationType } = parseProperties(routeSchema, resource, resolve);
    return {
      apiId: ApiId,
      routeKey: RouteKey,
      functionArn: uris.get(Target) ?? '',
      isForIam: AuthorizationType === 'AWS_IAM',
    };
  });
}

function ofType({ resources }: Template, type: string): readonly Resource[] {
  return [...resources.values()].filter((resource) => resource.type === type);
}

async function respond(
  request: IncomingMessage,
  response: ServerResponse,
  backend: Backend,
  apiId: string,
): Promise<void> {
  // A client that disconnects while it sends gets no answer.
  const body = await text(request).catch(() => undefined);
  if (body === undefined) return;
  // What is no URL: API Gateway does not call the function with it.
  const answer = await answerOf(request, body, backend, apiId).catch(() => badRequest);
  const { statusCode, headers, body: answered } = answer;
  if (!response.destroyed) response.writeHead(statusCode, headers).end(answered);
}

async function answerOf(
  { method = 'GET', url = '/', headers }: IncomingMessage,
  body: string,
  { routes, functions, invoke }: Backend,
  apiId: string,
): Promise<v.InferOutput<typeof answerSchema>> {
  const call: IncomingCall = { method, url: new URL(url, 'http://local'), headers, body };
  const found = matchRoute(
    routes.filter((route) => route.apiId === apiId),
    call,
  );
  if (!found) return errorAnswer(404, 'Not Found');
  const host = functions.find(({ arn }) => arn === found.route.functionArn);
  if (!host) return errorAnswer(500, 'Internal Server Error');
  const event = httpEvent(call, found, apiId, { requestId: randomUUID(), epochMs: Date.now() });
  const answer = await invoke(host, event).catch(() => undefined);
  const parsed = v.safeParse(answerSchema, answer);
  return parsed.success ? parsed.output : errorAnswer(500, 'Internal Server Error');
}

const badRequest = errorAnswer(400, 'Bad Request');

function errorAnswer(statusCode: number, message: string) {
  return { statusCode, headers: { 'content-type': 'application/json' }, body: JSON.stringify({ message }) };
}
