import * as v from 'valibot';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Stage, startStage } from '../../../../local/host/stage.ts';
import { sampleFunction } from '../sample-assembly.ts';
import { resource, type WrittenAssembly, writeAssembly } from '../write-assembly.ts';

/** Answers with its event. It fails for the key `broken`, and answers `odd` with a mere text. */
const echo = `
  export async function handler(event) {
    if (event.pathParameters?.key === 'broken') throw new Error('broken');
    if (event.pathParameters?.key === 'odd') return 'odd';
    return { statusCode: 202, headers: { 'x-echo': 'yes' }, body: JSON.stringify(event) };
  }
`;

const integration = { 'Fn::Join': ['', ['integrations/', { Ref: 'ToEcho' }]] };
const routeOf = (RouteKey: string, more: object = {}) =>
  resource('AWS::ApiGatewayV2::Route', RouteKey, {
    ApiId: { Ref: 'Api1' },
    RouteKey,
    Target: integration,
    AuthorizationType: 'AWS_IAM',
    ...more,
  });
const resources = {
  Echo1: sampleFunction('echo', 'Echo', {}),
  Api1: resource('AWS::ApiGatewayV2::Api', 'Api', { Name: 'made up', ProtocolType: 'HTTP' }),
  ToEcho: resource('AWS::ApiGatewayV2::Integration', 'Echo', {
    ApiId: { Ref: 'Api1' },
    IntegrationType: 'AWS_PROXY',
    IntegrationUri: { 'Fn::GetAtt': ['Echo1', 'Arn'] },
    PayloadFormatVersion: '2.0',
  }),
  Post: routeOf('POST /commands'),
  Get: routeOf('GET /commands/{key+}'),
};

let assembly: WrittenAssembly;
let stage: Stage;

const start = (template: string) =>
  startStage({ template, env: {}, partnerCentralUrl: 'http://127.0.0.1:9', onLine: () => undefined });

beforeAll(async () => {
  assembly = await writeAssembly(resources, { echo });
  stage = await start(assembly.folder);
});
afterAll(async () => {
  await stage.stop();
  assembly.remove();
});

const call = (path: string, init: RequestInit = {}) => fetch(`${stage.httpApis.get('Api').url}${path}`, init);

describe('an HTTP API of the stage', () => {
  it('calls the function with the body, the headers in lower case, and the user of the local account', async () => {
    const answer = await call('/commands?a=1', {
      method: 'POST',
      headers: { 'Idempotency-Key': 'deal-1', 'content-type': 'application/json' },
      body: '{"catalog":"AWS"}',
    });
    expect({ status: answer.status, header: answer.headers.get('x-echo') }).toEqual({
      status: 202,
      header: 'yes',
    });
    expect(await answer.json()).toMatchObject({
      version: '2.0',
      routeKey: 'POST /commands',
      rawPath: '/commands',
      rawQueryString: 'a=1',
      headers: { 'idempotency-key': 'deal-1' },
      body: '{"catalog":"AWS"}',
      isBase64Encoded: false,
      requestContext: {
        authorizer: { iam: { userArn: 'arn:aws:iam::000000000000:user/local' } },
        http: { method: 'POST', path: '/commands' },
      },
    });
  });

  it('decodes the parameters of the path, which may have slashes', async () => {
    const answer = await call(`/commands/${encodeURIComponent('deal/47 11')}`);
    expect(await answer.json()).toMatchObject({
      routeKey: 'GET /commands/{key+}',
      pathParameters: { key: 'deal/47 11' },
    });
    expect(await (await call('/commands/deal/47')).json()).toMatchObject({
      pathParameters: { key: 'deal/47' },
    });
  });

  it.each([
    ['/commands', 'GET', 404],
    ['/other', 'POST', 404],
    ['/commands/broken', 'GET', 500],
    ['/commands/odd', 'GET', 500],
    ['/commands/%zz', 'GET', 400],
  ])('answers %s by %s with %i, as API Gateway does', async (path, method, status) => {
    expect((await call(path, { method })).status).toBe(status);
  });

  it('calls the function without a caller if the route has no authorizer', async () => {
    const open = { ...resources, Post: routeOf('POST /commands', { AuthorizationType: 'NONE' }) };
    const other = await writeAssembly(open, { echo });
    const openStage = await start(other.folder);
    const { url } = openStage.httpApis.get('Api');
    const answer = await fetch(`${url}/commands`, { method: 'POST', body: '{}' });
    const { requestContext } = v.parse(v.object({ requestContext: v.looseObject({}) }), await answer.json());
    expect(requestContext).not.toHaveProperty('authorizer');
    await openStage.stop();
    other.remove();
  });

  it('is refused if a route has an authorizer that the stage does not know', async () => {
    const open = { ...resources, Post: routeOf('POST /commands', { AuthorizationType: 'JWT' }) };
    const other = await writeAssembly(open, { echo });
    await expect(start(other.folder)).rejects.toThrow('Post (AWS::ApiGatewayV2::Route at POST /commands)');
    other.remove();
  });
});
