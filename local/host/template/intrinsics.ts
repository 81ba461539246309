import * as v from 'valibot';
import { localAccountId, localArn, localRegion } from '../local-account.ts';
import type { Resource, Template } from './template.ts';

/** The values of `Ref` and `Fn::GetAtt` for a resource that the stage created. */
export interface Identity {
  readonly ref: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** Replaces all intrinsic functions in a value of the template. */
export type Resolve = (value: unknown) => unknown;

/** Generates the name of a resource without a name: the last 80 characters, the limit of SQS. */
export function physicalName(template: Template, logicalId: string): string {
  return `${template.stackName}-${logicalId}`.slice(-80);
}

/**
 * @param identities read at each call, so that the stage can add resources while it creates them
 * @throws Error when resolving an unknown intrinsic function, attribute or name
 */
export function createResolver(template: Template, identities: ReadonlyMap<string, Identity>): Resolve {
  const names: Names = { template, identities };
  return (value) => resolveValue(value, names);
}

/**
 * Resolves and parses only the properties in the schema. Others may contain values that the stage
 * cannot resolve.
 * @throws Error that starts with the logical id and the type of the resource
 */
export function parseProperties<Entries extends v.ObjectEntries>(
  schema: v.ObjectSchema<Entries, undefined>,
  resource: Resource,
  resolve: Resolve,
): v.InferOutput<v.ObjectSchema<Entries, undefined>> {
  const named = Object.entries(resource.properties).filter(([name]) => name in schema.entries);
  const parsed = v.safeParse(schema, resolveOrExplain(Object.fromEntries(named), resource, resolve));
  if (!parsed.success) throw new Error(`${titleOf(resource)}: ${v.summarize(parsed.issues)}`);
  return parsed.output;
}

export function titleOf(resource: Resource): string {
  return `${resource.logicalId} (${resource.type} at ${resource.id})`;
}

interface Names {
  readonly template: Template;
  readonly identities: ReadonlyMap<string, Identity>;
}

function resolveOrExplain(value: unknown, resource: Resource, resolve: Resolve): unknown {
  try {
    return resolve(value);
  } catch (error) {
    throw new Error(`${titleOf(resource)}: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
}

function resolveValue(value: unknown, names: Names): unknown {
  if (Array.isArray(value))
    return value.map((item) => resolveValue(item, names)).filter((item) => item !== undefined);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value);
  const [only] = entries;
  if (only !== undefined && entries.length === 1 && (only[0] === 'Ref' || only[0].startsWith('Fn::'))) {
    return resolveFunction(only[0], only[1], names);
  }
  // AWS::NoValue resolves to undefined, which removes the property.
  const resolved = entries.map(([key, item]): [string, unknown] => [key, resolveValue(item, names)]);
  return Object.fromEntries(resolved.filter(([, item]) => item !== undefined));
}

const textLike = v.union([v.string(), v.pipe(v.number(), v.transform(String))]);
const joinArguments = v.tuple([v.string(), v.array(textLike)]);
const getAttArguments = v.tuple([v.string(), v.string()]);

function resolveFunction(name: string, raw: unknown, names: Names): unknown {
  const argument = resolveValue(raw, names);
  switch (name) {
    case 'Ref':
      return resolveRef(v.parse(v.string(), argument), names);
    case 'Fn::GetAtt': {
      const [logicalId, attribute] = v.parse(getAttArguments, argument);
      return resolveAttribute(logicalId, attribute, names);
    }
    case 'Fn::Join': {
      const [separator, parts] = v.parse(joinArguments, argument);
      return parts.join(separator);
    }
    case 'Fn::Sub':
      return substitute(v.parse(v.string(), argument), names);
    default:
      throw new Error(`${name} is not supported by the local stage`);
  }
}

function resolveRef(name: string, names: Names): string | undefined {
  const { template, identities } = names;
  switch (name) {
    case 'AWS::NoValue':
      return undefined;
    case 'AWS::Region':
      return localRegion;
    case 'AWS::AccountId':
      return localAccountId;
    case 'AWS::Partition':
      return 'aws';
    case 'AWS::URLSuffix':
      return 'amazonaws.com';
    case 'AWS::StackName':
      return template.stackName;
    case 'AWS::StackId':
      return localArn('cloudformation', `stack/${template.stackName}/local`);
  }
  const known = identities.get(name)?.ref ?? template.parameters.get(name);
  if (known !== undefined) return known;
  if (!template.resources.has(name)) throw new Error(`Ref ${name} is not in the template`);
  return physicalName(template, name);
}

function resolveAttribute(logicalId: string, attribute: string, names: Names): string {
  const { template, identities } = names;
  const known = identities.get(logicalId)?.attributes[attribute];
  if (known !== undefined) return known;
  const resource = template.resources.get(logicalId);
  // The stage does not create roles, log groups and topics, but properties may refer to them.
  if (resource !== undefined && attribute === 'Arn') {
    const service = resource.type.split('::')[1]?.toLowerCase() ?? 'local';
    return localArn(service, physicalName(template, logicalId));
  }
  throw new Error(`Fn::GetAtt ${logicalId}.${attribute} is not known to the local stage`);
}

function substitute(text: string, names: Names): string {
  return text.replace(/\$\{(!?)([^}]+)\}/g, (_whole, literal: string, name: string) => {
    if (literal === '!') return `\${${name}}`;
    const dot = name.indexOf('.');
    return dot === -1
      ? (resolveRef(name, names) ?? '')
      : resolveAttribute(name.slice(0, dot), name.slice(dot + 1), names);
  });
}
