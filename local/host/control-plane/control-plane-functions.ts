import type { FunctionHost } from '../functions/function-host.ts';
import { FunctionError } from '../functions/function-worker.ts';
import {
  ControlPlaneError,
  type ControlPlaneResponse,
  type DeployedStage,
} from './control-plane-response.ts';

export interface FunctionCall {
  readonly method: string;
  /** `/2015-03-31/functions/<name or ARN>/<invocations or configuration>` */
  readonly url: string;
  /** An asynchronous invocation: answered before the function has ended. */
  readonly isEvent: boolean;
}

/** Invoke and GetFunctionConfiguration of Lambda. */
export async function answerFunctionCall(
  { method, url, isEvent }: FunctionCall,
  requestBody: string,
  { functions, invoke }: DeployedStage,
): Promise<ControlPlaneResponse> {
  const [name = '', operation = ''] =
    url.replace('/2015-03-31/functions/', '').split('?')[0]?.split('/') ?? [];
  const host = hostOf(functions, decodeURIComponent(name));
  if (`${method} ${operation}` === 'GET configuration') return json(200, configurationOf(host));
  if (`${method} ${operation}` !== 'POST invocations')
    throw new ControlPlaneError(
      'UnknownOperationException',
      `The local stage does not support ${method} ${url}.`,
    );
  const event: unknown = requestBody === '' ? {} : JSON.parse(requestBody);
  // The stage reports a failed asynchronous invocation; no caller waits for it.
  const ended = invoke(host, event).then((answer) => json(200, answer), toErrorResponse);
  return isEvent ? { ...json(202, ''), body: '' } : await ended;
}

function hostOf(functions: readonly FunctionHost[], nameOrArn: string): FunctionHost {
  const found = functions.find(({ name, arn }) => name === nameOrArn || arn === nameOrArn);
  if (found) return found;
  throw new ControlPlaneError('ResourceNotFoundException', `Function not found: ${nameOrArn}`, 404);
}

function configurationOf({ name, arn, environment }: FunctionHost): unknown {
  return {
    FunctionName: name,
    FunctionArn: arn,
    State: 'Active',
    LastUpdateStatus: 'Successful',
    Environment: { Variables: environment },
  };
}

function toErrorResponse(error: unknown): ControlPlaneResponse {
  const errorType = error instanceof FunctionError ? error.errorType : 'Error';
  const errorMessage = error instanceof Error ? error.message : String(error);
  const answer = json(200, { errorType, errorMessage });
  return { ...answer, headers: { ...answer.headers, 'x-amz-function-error': 'Unhandled' } };
}

function json(status: number, body: unknown): ControlPlaneResponse {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body ?? null) };
}
