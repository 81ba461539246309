import { stringify } from 'yaml';
import { type ProblemCode, problemTypes } from '../../../lambdas/commands/problem-document.ts';
import packageJson from '../../../package.json' with { type: 'json' };
import { type CommandDoor, commandDoors } from './command-doors.ts';
import { commandSchemas } from './command-schemas.ts';

/** The OpenAPI documents of the doors, by their paths in `docs/commands`. */
export function openApiFiles(): ReadonlyMap<string, string> {
  return new Map(
    commandDoors.map((door) => {
      const text = stringify(openApiOf(door), { lineWidth: 110, aliasDuplicateObjects: false });
      return [door.file, `# npm run docs writes this file from the code.\n${text}`];
    }),
  );
}

const schemaRef = (name: string) => ({ $ref: `#/components/schemas/${name}` });
const json = (schema: object) => ({ 'application/json': { schema } });

function openApiOf(door: CommandDoor) {
  const { title, description, output, securitySchemes, headers, problems } = door;
  return {
    openapi: '3.1.0',
    info: {
      title,
      version: packageJson.version,
      description,
      license: { name: packageJson.license, identifier: packageJson.license },
    },
    servers: [
      {
        url: 'https://{api}.execute-api.us-east-1.amazonaws.com',
        description: `Output ${output} of the stack.`,
        variables: { api: { default: 'example', description: 'Id of the HTTP API.' } },
      },
    ],
    security: Object.keys(securitySchemes).map((name) => ({ [name]: [] })),
    paths: {
      '/commands': {
        post: {
          operationId: 'sendCommand',
          summary: 'Send a command, or check what it would do',
          parameters: headers.post.map(toParameter),
          requestBody: { required: true, content: json(schemaRef('Request')) },
          responses: {
            200: {
              description: 'A repetition, which did nothing; or the answer of a check.',
              content: json({ anyOf: [schemaRef('Command'), schemaRef('Check')] }),
            },
            202: { description: 'Accepted.', content: json(schemaRef('Command')) },
            ...problemResponses(problems.post),
          },
        },
      },
      '/commands/{key}': {
        get: {
          operationId: 'readCommand',
          summary: 'Read the state of a command of this client',
          parameters: [keyParameter, ...headers.get.map(toParameter)],
          responses: {
            200: { description: 'The command.', content: json(schemaRef('CommandWithRequest')) },
            ...problemResponses(problems.get),
          },
        },
      },
    },
    components: { schemas: commandSchemas(), securitySchemes },
  };
}

const keyParameter = {
  name: 'key',
  in: 'path',
  required: true,
  description: 'The key of the command, URL-encoded.',
  schema: { type: 'string' },
};

function toParameter({ name, description, isOptional }: CommandDoor['headers']['post'][number]) {
  return { name, in: 'header', required: isOptional !== true, description, schema: { type: 'string' } };
}

const retryAfter = {
  description: 'Seconds until the same request may succeed.',
  schema: { type: 'integer' },
};

function problemResponses(codes: readonly ProblemCode[]) {
  const byStatus = Map.groupBy(codes, (code) => problemTypes[code].status);
  const responses = [...byStatus].map(([status, ofStatus]) => {
    const schema = {
      allOf: [schemaRef('Problem'), { type: 'object', properties: { code: { enum: ofStatus } } }],
    };
    const isLater = status === 429 || status === 503;
    const response = {
      description: ofStatus.map((code) => `${code}: ${problemTypes[code].title}.`).join(' '),
      ...(isLater && { headers: { 'retry-after': retryAfter } }),
      content: { 'application/problem+json': { schema } },
    };
    return [status, response];
  });
  return Object.fromEntries(responses);
}
