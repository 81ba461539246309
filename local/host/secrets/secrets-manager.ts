import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import * as v from 'valibot';
import { startLoopbackServer } from '../../loopback-server.ts';
import {
  createRequest,
  createSecret,
  findSecret,
  getRequest,
  getSecretValue,
  listRequest,
  listSecrets,
  listVersions,
  markDeleted,
  putRequest,
  putSecretValue,
  removeStage,
  type Secret,
  SecretsManagerError,
  secretRequest,
  stageRequest,
} from './secret-versions.ts';

/** An in-memory Secrets Manager with the operations that the functions and `pcr` use. */
export interface SecretsManager {
  readonly endpoint: string;
  readonly stop: () => Promise<void>;
}

export async function startSecretsManager(): Promise<SecretsManager> {
  const secrets = new Map<string, Secret>();
  const { url, stop } = await startLoopbackServer(
    (request, response) => void serve(secrets, request, response),
  );
  return { endpoint: url, stop };
}

async function serve(
  secrets: Map<string, Secret>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const answer = (status: number, body: unknown): void => {
    response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(body));
  };
  try {
    const body: unknown = JSON.parse(await text(request));
    answer(200, perform(secrets, String(request.headers['x-amz-target']), body));
  } catch (error) {
    const name = error instanceof SecretsManagerError ? error.name : 'InvalidRequestException';
    answer(400, { __type: name, Message: error instanceof Error ? error.message : String(error) });
  }
}

function perform(secrets: Map<string, Secret>, target: string, body: unknown): unknown {
  switch (target) {
    case 'secretsmanager.CreateSecret':
      return createSecret(secrets, v.parse(createRequest, body));
    case 'secretsmanager.PutSecretValue':
      return putSecretValue(secrets, v.parse(putRequest, body));
    case 'secretsmanager.GetSecretValue':
      return getSecretValue(secrets, v.parse(getRequest, body));
    case 'secretsmanager.ListSecretVersionIds':
      return listVersions(findSecret(secrets, v.parse(secretRequest, body).SecretId));
    case 'secretsmanager.ListSecrets':
      return listSecrets(secrets, v.parse(listRequest, body));
    case 'secretsmanager.UpdateSecretVersionStage':
      return removeStage(secrets, v.parse(stageRequest, body));
    case 'secretsmanager.DeleteSecret':
      return markDeleted(findSecret(secrets, v.parse(secretRequest, body).SecretId), true);
    case 'secretsmanager.RestoreSecret':
      return markDeleted(findSecret(secrets, v.parse(secretRequest, body).SecretId, true), false);
    default:
      throw new SecretsManagerError(
        'UnknownOperationException',
        `The local stage does not support ${target}.`,
      );
  }
}
