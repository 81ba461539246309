import type { HttpRequest } from '../../lambdas/commands/http-request.ts';
import { type SigningSecret, signedHeaders } from '../../lambdas/core/signature.ts';
import type { Random } from '../partner-central/seeded-random.ts';
import { type KnownClient, secretOf } from './known-clients.ts';

/** What a kind of hostile requests is made of. */
export interface HostileContext {
  readonly random: Random;
  readonly nowMs: number;
  /** Not used by any request before. */
  readonly key: string;
  /** The record that is stored. */
  readonly target: { readonly catalog: string; readonly id: string };
  /** Requests that were accepted, the first and the last ones. */
  readonly accepted: readonly SentRequest[];
}

export interface SentRequest {
  readonly request: HttpRequest;
  readonly sentAtMs: number;
  /** The answers that the door may give. */
  readonly allowed: readonly number[];
  /** The key of a command that it may store. */
  readonly mayStore?: string;
}

interface Signing {
  readonly client?: KnownClient;
  readonly secrets?: readonly SigningSecret[];
  readonly atMs?: number;
  readonly headers?: Readonly<Record<string, string | undefined>>;
}

/** A POST that a client has signed, unless `signing` says something else. */
export function post(
  { key, nowMs }: Pick<HostileContext, 'key' | 'nowMs'>,
  body: string,
  { client = 'crm', secrets = [secretOf(client)], atMs = nowMs, headers = {} }: Signing = {},
): HttpRequest {
  const signed = signedHeaders(secrets, key, Math.floor(atMs / 1_000), body);
  return {
    headers: { 'relay-client': client, ...signed, ...headers },
    body,
    isBase64Encoded: false,
    requestContext: { http: { method: 'POST' } },
  };
}

/** A GET that a client has signed, for the key in its path. */
export function get(
  context: Pick<HostileContext, 'key' | 'nowMs'>,
  pathKey: string,
  signing: Signing = {},
): HttpRequest {
  const { headers } = post(context, '', signing);
  return {
    headers,
    isBase64Encoded: false,
    pathParameters: { key: pathKey },
    requestContext: { http: { method: 'GET' } },
  };
}

/** The body of a command that the door accepts, with other members. */
export function updateBody(
  { target: { catalog, id } }: Pick<HostileContext, 'target'>,
  members: Readonly<Record<string, unknown>> = {},
): string {
  const patch = { LifeCycle: { NextSteps: 'call them', TargetCloseDate: '2099-12-31' } };
  return JSON.stringify({ action: 'opportunity.update', catalog, target: id, patch, ...members });
}
