import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import * as v from 'valibot';
import { startLoopbackServer } from '../loopback-server.ts';
import { localArn } from './local-account.ts';

/** GetSecretValue, CreateSecret and PutSecretValue of Secrets Manager over HTTP (AWS JSON 1.1), in memory. */
export interface SecretsManager {
  readonly endpoint: string;
  readonly stop: () => Promise<void>;
}

interface Version {
  readonly id: string;
  readonly text: string;
  readonly createdAtEpochSeconds: number;
}

interface Secret {
  readonly arn: string;
  readonly name: string;
  /** AWSCURRENT and, after a second value, AWSPREVIOUS. */
  readonly stages: Map<string, Version>;
}

const token = v.optional(v.string());
const createRequest = v.object({ Name: v.string(), SecretString: v.string(), ClientRequestToken: token });
const putRequest = v.object({ SecretId: v.string(), SecretString: v.string(), ClientRequestToken: token });
const getRequest = v.object({
  SecretId: v.string(),
  VersionId: v.optional(v.never('the local stage finds versions by VersionStage alone')),
  VersionStage: v.optional(v.string(), 'AWSCURRENT'),
});

/** An error in the shape of the service: the SDK makes an exception of this name of it. */
class Refusal extends Error {
  override readonly name: string;
  constructor(name: string, message: string) {
    super(message);
    this.name = name;
  }
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
    const name = error instanceof Refusal ? error.name : 'InvalidRequestException';
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
    default:
      throw new Refusal('UnknownOperationException', `The local stage does not do ${target}.`);
  }
}

function createSecret(secrets: Map<string, Secret>, request: v.InferOutput<typeof createRequest>): unknown {
  if (secrets.has(request.Name)) {
    throw new Refusal('ResourceExistsException', `The secret ${request.Name} already exists.`);
  }
  const arn = localArn('secretsmanager', `secret:${request.Name}-${randomUUID().slice(0, 6)}`);
  const secret: Secret = { arn, name: request.Name, stages: new Map() };
  secrets.set(request.Name, secret);
  return { ARN: arn, Name: secret.name, VersionId: addVersion(secret, request).id };
}

function putSecretValue(secrets: Map<string, Secret>, request: v.InferOutput<typeof putRequest>): unknown {
  const secret = findSecret(secrets, request.SecretId);
  const { id } = addVersion(secret, request);
  return { ARN: secret.arn, Name: secret.name, VersionId: id, VersionStages: ['AWSCURRENT'] };
}

function getSecretValue(secrets: Map<string, Secret>, request: v.InferOutput<typeof getRequest>): unknown {
  const secret = findSecret(secrets, request.SecretId);
  const version = secret.stages.get(request.VersionStage);
  if (version === undefined) {
    throw new Refusal(
      'ResourceNotFoundException',
      `Secrets Manager can't find the specified secret value for staging label: ${request.VersionStage}`,
    );
  }
  return {
    ARN: secret.arn,
    Name: secret.name,
    VersionId: version.id,
    SecretString: version.text,
    VersionStages: [request.VersionStage],
    CreatedDate: version.createdAtEpochSeconds,
  };
}

function addVersion(
  secret: Secret,
  value: Pick<v.InferOutput<typeof putRequest>, 'SecretString' | 'ClientRequestToken'>,
): Version {
  const current = secret.stages.get('AWSCURRENT');
  const id = value.ClientRequestToken ?? randomUUID();
  // The same token again is a retry of the same request.
  if (current?.id === id) return current;
  const createdAtEpochSeconds = Date.now() / 1_000;
  const version: Version = { id, text: value.SecretString, createdAtEpochSeconds };
  if (current !== undefined) secret.stages.set('AWSPREVIOUS', current);
  secret.stages.set('AWSCURRENT', version);
  return version;
}

function findSecret(secrets: Map<string, Secret>, nameOrArn: string): Secret {
  const secret = [...secrets.values()].find(({ name, arn }) => name === nameOrArn || arn === nameOrArn);
  if (secret === undefined) {
    throw new Refusal('ResourceNotFoundException', "Secrets Manager can't find the specified secret.");
  }
  return secret;
}
