import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { startLoopbackServer } from '../../loopback-server.ts';
import { answerFunctionCall } from './control-plane-functions.ts';
import { answerJsonCall } from './control-plane-json.ts';
import { answerQueryCall, xmlText } from './control-plane-query.ts';
import {
  type ControlPlaneAnswer,
  ControlPlaneRefusal,
  type DeployedStage,
} from './control-plane-response.ts';

/** The variables by which the AWS SDK finds what describes and calls a deployment. */
export interface ControlPlaneEndpoints {
  readonly AWS_ENDPOINT_URL_CLOUDFORMATION: string;
  readonly AWS_ENDPOINT_URL_CLOUDWATCH: string;
  readonly AWS_ENDPOINT_URL_EVENTBRIDGE: string;
  readonly AWS_ENDPOINT_URL_LAMBDA: string;
  readonly AWS_ENDPOINT_URL_STS: string;
}

/** The stage as AWS would show the deployed stack: as much of five services as `pcr` asks. */
export interface ControlPlane {
  readonly endpoints: ControlPlaneEndpoints;
  readonly stop: () => Promise<void>;
}

/** @param deployed asked at each call, so that the plane can stand before the stage does */
export async function startControlPlane(deployed: () => DeployedStage): Promise<ControlPlane> {
  const { url, stop } = await startLoopbackServer((request, response) => {
    void respond(request, response, deployed);
  });
  const endpoints = {
    AWS_ENDPOINT_URL_CLOUDFORMATION: url,
    AWS_ENDPOINT_URL_CLOUDWATCH: url,
    AWS_ENDPOINT_URL_EVENTBRIDGE: url,
    AWS_ENDPOINT_URL_LAMBDA: url,
    AWS_ENDPOINT_URL_STS: url,
  };
  return { endpoints, stop };
}

async function respond(
  request: IncomingMessage,
  response: ServerResponse,
  deployed: () => DeployedStage,
): Promise<void> {
  // A client that goes away while it sends gets no answer.
  const sent = await text(request).catch(() => undefined);
  if (sent === undefined) return;
  const { status, headers, body } = await answerOf(request, sent, deployed);
  if (!response.destroyed) response.writeHead(status, headers).end(body);
}

/** Five services at one address: the protocols they speak tell them apart. */
async function answerOf(
  request: IncomingMessage,
  sent: string,
  deployed: () => DeployedStage,
): Promise<ControlPlaneAnswer> {
  const { url = '/', method = 'GET', headers } = request;
  const target = headers['x-amz-target'];
  if (typeof target === 'string') return answered(() => answerJsonCall(target, sent, deployed()), asJson);
  if (url.startsWith('/2015-03-31/functions/')) {
    const isEvent = headers['x-amz-invocation-type'] === 'Event';
    return answered(() => answerFunctionCall({ method, url, isEvent }, sent, deployed()), asJson);
  }
  return answered(() => answerQueryCall(new URLSearchParams(sent), deployed()), asXml);
}

async function answered(
  answer: () => ControlPlaneAnswer | Promise<ControlPlaneAnswer>,
  refused: (refusal: ControlPlaneRefusal) => ControlPlaneAnswer,
): Promise<ControlPlaneAnswer> {
  try {
    return await answer();
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return refused(
      error instanceof ControlPlaneRefusal ? error : new ControlPlaneRefusal('ValidationError', message),
    );
  }
}

function asJson({ code, message, status }: ControlPlaneRefusal): ControlPlaneAnswer {
  return {
    status,
    headers: { 'content-type': 'application/json', 'x-amzn-errortype': code },
    body: JSON.stringify({ __type: code, message }),
  };
}

function asXml({ code, message, status }: ControlPlaneRefusal): ControlPlaneAnswer {
  const error = `<Type>Sender</Type><Code>${code}</Code><Message>${xmlText(message)}</Message>`;
  return {
    status,
    headers: { 'content-type': 'text/xml' },
    body: `<ErrorResponse><Error>${error}</Error></ErrorResponse>`,
  };
}
