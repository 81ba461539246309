import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { startLoopbackServer } from '../../loopback-server.ts';
import { answerFunctionCall } from './control-plane-functions.ts';
import { answerJsonCall } from './control-plane-json.ts';
import { answerQueryCall, escapeXml } from './control-plane-query.ts';
import { answerResourceCall } from './control-plane-resources.ts';
import {
  ControlPlaneError,
  type ControlPlaneResponse,
  type DeployedStage,
} from './control-plane-response.ts';

/** The variables that point the AWS SDK to the control plane. */
export interface ControlPlaneEndpoints {
  readonly AWS_ENDPOINT_URL_CLOUDFORMATION: string;
  readonly AWS_ENDPOINT_URL_CLOUDWATCH: string;
  readonly AWS_ENDPOINT_URL_CLOUDWATCH_LOGS: string;
  readonly AWS_ENDPOINT_URL_EVENTBRIDGE: string;
  readonly AWS_ENDPOINT_URL_LAMBDA: string;
  readonly AWS_ENDPOINT_URL_SCHEDULER: string;
  readonly AWS_ENDPOINT_URL_SNS: string;
  readonly AWS_ENDPOINT_URL_STS: string;
}

/** The AWS APIs that describe and call the deployed stack: the operations that `pcr` uses. */
export interface ControlPlane {
  readonly endpoints: ControlPlaneEndpoints;
  readonly stop: () => Promise<void>;
}

/** @param deployed called for each request, so that the control plane can start before the stage */
export async function startControlPlane(deployed: () => DeployedStage): Promise<ControlPlane> {
  const { url, stop } = await startLoopbackServer((request, response) => {
    void respond(request, response, deployed);
  });
  const endpoints = {
    AWS_ENDPOINT_URL_CLOUDFORMATION: url,
    AWS_ENDPOINT_URL_CLOUDWATCH: url,
    AWS_ENDPOINT_URL_CLOUDWATCH_LOGS: url,
    AWS_ENDPOINT_URL_EVENTBRIDGE: url,
    AWS_ENDPOINT_URL_LAMBDA: url,
    AWS_ENDPOINT_URL_SCHEDULER: url,
    AWS_ENDPOINT_URL_SNS: url,
    AWS_ENDPOINT_URL_STS: url,
  };
  return { endpoints, stop };
}

async function respond(
  request: IncomingMessage,
  response: ServerResponse,
  deployed: () => DeployedStage,
): Promise<void> {
  // A client that disconnects while it sends gets no answer.
  const requestBody = await text(request).catch(() => undefined);
  if (requestBody === undefined) return;
  const { status, headers, body } = await answerOf(request, requestBody, deployed);
  if (!response.destroyed) response.writeHead(status, headers).end(body);
}

/** All services share one address; the protocol of the request identifies the service. */
async function answerOf(
  request: IncomingMessage,
  requestBody: string,
  deployed: () => DeployedStage,
): Promise<ControlPlaneResponse> {
  const { url = '/', method = 'GET', headers } = request;
  const target = headers['x-amz-target'];
  if (typeof target === 'string')
    return handleErrors(() => answerJsonCall(target, requestBody, deployed()), asJson);
  if (url.startsWith('/2015-03-31/functions/')) {
    const isEvent = headers['x-amz-invocation-type'] === 'Event';
    return handleErrors(() => answerFunctionCall({ method, url, isEvent }, requestBody, deployed()), asJson);
  }
  if (method === 'GET') return handleErrors(() => answerResourceCall(url, deployed()), asJson);
  return handleErrors(
    () => answerQueryCall(new URLSearchParams(requestBody), deployed()),
    asXml,
    'ValidationError',
  );
}

async function handleErrors(
  answer: () => ControlPlaneResponse | Promise<ControlPlaneResponse>,
  refused: (refusal: ControlPlaneError) => ControlPlaneResponse,
  invalid = 'ValidationException',
): Promise<ControlPlaneResponse> {
  try {
    return await answer();
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return refused(error instanceof ControlPlaneError ? error : new ControlPlaneError(invalid, message));
  }
}

function asJson({ code, message, status }: ControlPlaneError): ControlPlaneResponse {
  return {
    status,
    headers: { 'content-type': 'application/json', 'x-amzn-errortype': code },
    body: JSON.stringify({ __type: code, message }),
  };
}

function asXml({ code, message, status }: ControlPlaneError): ControlPlaneResponse {
  const error = `<Type>Sender</Type><Code>${code}</Code><Message>${escapeXml(message)}</Message>`;
  return {
    status,
    headers: { 'content-type': 'text/xml' },
    body: `<ErrorResponse><Error>${error}</Error></ErrorResponse>`,
  };
}
