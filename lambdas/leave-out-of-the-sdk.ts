// cspell:words serde
import { readFile } from 'node:fs/promises';
import { dirname, sep } from 'node:path';
import type { Plugin } from 'esbuild';

interface LeftOut {
  /** The path in `node_modules` of the file that is replaced. */
  readonly file: string;
  readonly replaceWith: (original: string) => string;
}

const smithy = '@smithy/core/dist-es/submodules';

/** Parts of the SDK that no function on Lambda runs, with what stands in for each. */
const unused: readonly LeftOut[] = [
  {
    // Lambda sets the credentials as variables.
    file: '@aws-sdk/credential-provider-node/dist-es/index.js',
    replaceWith: () => "export { fromEnv as defaultProvider } from '@aws-sdk/credential-provider-env';",
  },
  {
    // Lambda has no ~/.aws/config, for which each client looks, with node:fs/promises.
    file: `${smithy}/config/shared-ini-file-loader/loadSharedConfigFiles.js`,
    replaceWith: () => `export { CONFIG_PREFIX_SEPARATOR } from './constants';
      export const loadSharedConfigFiles = async () => ({ configFile: {}, credentialsFile: {} });`,
  },
  {
    // Lambda sets the region as a variable. The original asks the metadata of an EC2 instance.
    file: `${smithy}/config/config-resolver/regionConfig/getInstanceMetadataRegion.js`,
    replaceWith: () => 'export const getInstanceMetadataRegion = async () => undefined;',
  },
  {
    // The client of DynamoDB makes this cache. No command reads it.
    file: '@aws-sdk/endpoint-cache/dist-es/EndpointCache.js',
    replaceWith: () => 'export class EndpointCache {}',
  },
  {
    // For browsers, with a list of their names.
    file: '@aws-sdk/core/dist-es/submodules/client/util-user-agent-browser/createUserAgentStringParsingProvider.js',
    replaceWith: () => 'export const createUserAgentStringParsingProvider = undefined;',
  },
  {
    // No operation that is called answers with a stream of events.
    file: `${smithy}/event-streams/index.js`,
    replaceWith: () => fails('streams of events'),
  },
  {
    // Retries are of the mode `standard`. This mode needs a variable that the stack never sets.
    file: `${smithy}/retry/util-retry/AdaptiveRetryStrategy.js`,
    replaceWith: () =>
      `export class AdaptiveRetryStrategy { constructor() { ${fails('adaptive retries')} } }`,
  },
  {
    // Every body is a text or bytes. The original also measures files, with streams of node:fs.
    file: `${smithy}/serde/util-body-length/calculateBodyLength.js`,
    replaceWith: () => `export const calculateBodyLength = (body) =>
      typeof body === 'string' ? Buffer.byteLength(body) : (body?.byteLength ?? 0);`,
  },
  // For machines without node:crypto and node:zlib.
  ...['Sha256', 'Md5', 'Crc32'].map((digest) => ({
    file: `${smithy}/checksum/${digest.toLowerCase()}/${digest}Js.js`,
    replaceWith: () => `export const ${digest}Js = undefined;`,
  })),
  // A dynamic import of a module of Node.js would be a file of the bundle.
  ...[
    '@smithy/node-http-handler/dist-es/node-http-handler.js',
    '@aws/lambda-invoke-store/dist-es/invoke-store.js',
  ].map((file) => ({
    file,
    replaceWith: (original: string) =>
      edit(original, /await import\((['"]node:\w+['"])\)/g, 'process.getBuiltinModule($1)'),
  })),
];

/** @throws Error if the text has no such part: the build fails after an update that renames it */
function edit(original: string, part: RegExp, replacement: string): string {
  const edited = original.replaceAll(part, replacement);
  if (edited === original) throw new Error(`lambdas/leave-out-of-the-sdk.ts finds no ${part} in the SDK`);
  return edited;
}

function fails(part: string): string {
  return `throw new Error('the bundle leaves ${part} out of the SDK: lambdas/leave-out-of-the-sdk.ts');`;
}

/** The host of each service in a region. It stands in for rules of all partitions and variants. */
export const hosts: Readonly<Record<string, string>> = {
  dynamodb: 'dynamodb.{region}.amazonaws.com',
  eventbridge: 'events.{region}.amazonaws.com',
  'partnercentral-selling': 'partnercentral-selling.{region}.api.aws',
  'secrets-manager': 'secretsmanager.{region}.amazonaws.com',
  sqs: 'sqs.{region}.amazonaws.com',
};

const endpoints = Object.entries(hosts).map(([client, host]) => ({
  file: `@aws-sdk/client-${client}/dist-es/endpoint/endpointResolver.js`,
  replaceWith: () => `const resolved = {};
    export const defaultEndpointResolver = ({ Endpoint, Region, UseFIPS, UseDualStack }) => {
      if (UseFIPS || UseDualStack) ${fails('FIPS and dual-stack endpoints')}
      const url = Endpoint ?? 'https://${host}'.replace('{region}', Region);
      return (resolved[url] ??= { url: new URL(url), properties: {}, headers: {} });
    };`,
}));

/** Every file of the SDK that the bundles replace. */
export const leftOut: readonly LeftOut[] = [...unused, ...endpoints];

/**
 * An error that consists of a message. Without its class the SDK makes the error from the class of
 * the service, with the same name, message, status and request id.
 */
const plainError =
  /^export var (\w+)\$ = \[-3, n0, \w+,\s*\{ \[_e\]: _(?:c|se)(?:, \[_hE\]: \d+)? \},\s*\[(?:_m|_M)?\],\s*\[0?\]\s*\];\s*n0_registry\.registerError\(\1\$, \1\);$/gm;

/** Takes out of the bundles what the SDK contains for other places than Lambda. */
export const leaveOutOfTheSdk: Plugin = {
  name: 'leave-out-of-the-sdk',
  setup(builder) {
    builder.onLoad({ filter: /node_modules.@(?:aws|aws-sdk|smithy).*\.js$/ }, async ({ path }) => {
      const file = path
        .split(sep)
        .join('/')
        .replace(/^.*\/node_modules\//, '');
      const replaceWith = file.endsWith('/schemas/schemas_0.js')
        ? (original: string) => edit(original, plainError, '')
        : leftOut.find((each) => each.file === file)?.replaceWith;
      if (!replaceWith) return undefined;
      return { contents: replaceWith(await readFile(path, 'utf8')), resolveDir: dirname(path) };
    });
  },
};
