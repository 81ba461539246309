import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import * as v from 'valibot';
import { type LoopbackServer, startLoopbackServer } from '../../loopback-server.ts';
import type { ExportModel, RequestedExport } from './export-model.ts';

const seconds = v.pipe(
  v.number(),
  v.transform((value) => value * 1_000),
);
const common = { TableArn: v.string(), S3Bucket: v.string(), S3Prefix: v.string(), ClientToken: v.string() };
const startRequest = v.variant('ExportType', [
  v.object({ ...common, ExportType: v.literal('FULL_EXPORT'), ExportTime: seconds }),
  v.object({
    ...common,
    ExportType: v.literal('INCREMENTAL_EXPORT'),
    IncrementalExportSpecification: v.object({
      ExportFromTime: seconds,
      ExportToTime: seconds,
      ExportViewType: v.literal('NEW_IMAGE'),
    }),
  }),
]);
const describeRequest = v.object({ ExportArn: v.string() });

type Answer = { readonly body: object } | { readonly error: string };

/**
 * The operations of DynamoDB about exports, which the embedded engines lack. It forwards all others
 * to an engine.
 * @param engine returns the URL of the engine
 */
export async function startExportService(model: ExportModel, engine: () => string): Promise<LoopbackServer> {
  const operations: Readonly<Record<string, (body: unknown) => Answer>> = {
    DescribeContinuousBackups: () => ({ body: { ContinuousBackupsDescription: describeBackups(model) } }),
    ExportTableToPointInTime: (body) => start(model, toRequest(v.parse(startRequest, body))),
    DescribeExport: (body) => describeExport(model, v.parse(describeRequest, body).ExportArn),
  };
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const target = String(request.headers['x-amz-target']).split('.').at(-1) ?? '';
    const body = await text(request);
    const operate = operations[target];
    if (operate) send(response, operate(JSON.parse(body)));
    else await forward(request, body, engine(), response);
  };
  return startLoopbackServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      response.writeHead(500).end(String(error));
    });
  });
}

function describeBackups(model: ExportModel): object {
  const recovery = model.recoveryWindow();
  if (!recovery) return { ContinuousBackupsStatus: 'ENABLED', PointInTimeRecoveryDescription: {} };
  return {
    ContinuousBackupsStatus: 'ENABLED',
    PointInTimeRecoveryDescription: {
      PointInTimeRecoveryStatus: 'ENABLED',
      EarliestRestorableDateTime: recovery.earliestMs / 1_000,
      LatestRestorableDateTime: recovery.latestMs / 1_000,
    },
  };
}

function toRequest(body: v.InferOutput<typeof startRequest>): RequestedExport {
  const { TableArn: table, S3Bucket: bucket, S3Prefix: folder, ClientToken: token } = body;
  const request = { table, bucket, folder, token };
  if (body.ExportType === 'FULL_EXPORT') return { ...request, toMs: body.ExportTime };
  const { ExportFromTime, ExportToTime } = body.IncrementalExportSpecification;
  return { ...request, fromMs: ExportFromTime, toMs: ExportToTime };
}

function start(model: ExportModel, request: RequestedExport): Answer {
  const started = model.start(request);
  if (typeof started === 'string') return { error: started };
  return { body: { ExportDescription: { ExportArn: started.arn, ExportStatus: 'IN_PROGRESS' } } };
}

function describeExport(model: ExportModel, arn: string): Answer {
  const found = model.exports.find((each) => each.arn === arn);
  if (!found) return { error: 'ExportNotFoundException' };
  const ExportStatus = model.status(found);
  const failure = ExportStatus === 'FAILED' ? { FailureCode: found.failure } : {};
  return { body: { ExportDescription: { ExportArn: arn, ExportStatus, ...failure } } };
}

function send(response: ServerResponse, answer: Answer): void {
  const [status, body] = 'body' in answer ? [200, answer.body] : [400, { __type: answer.error }];
  response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' }).end(JSON.stringify(body));
}

async function forward(
  { headers }: IncomingMessage,
  body: string,
  engine: string,
  response: ServerResponse,
): Promise<void> {
  const kept = ['content-type', 'x-amz-target', 'x-amz-date', 'authorization'] as const;
  const given = kept.map((name): [string, string] => [name, String(headers[name] ?? '')]);
  const answer = await fetch(engine, { method: 'POST', headers: Object.fromEntries(given), body });
  response.writeHead(answer.status, { 'content-type': 'application/x-amz-json-1.0' });
  response.end(Buffer.from(await answer.arrayBuffer()));
}
