import * as v from 'valibot';
import type { Resource, Template } from '../../local/host/template/template.ts';

/** An action that the role of a function allows. */
export interface Grant {
  readonly action: string;
  /** Logical ids of the resources in this stack. Empty for resources outside the stack. */
  readonly resources: readonly string[];
}

export interface StackFunction {
  readonly resource: Resource;
  readonly grants: readonly Grant[];
  /** Logical ids of the queues, and of the tables whose streams, invoke it. */
  readonly sources: readonly string[];
  /** `rate(1 minute)` if a schedule invokes it. */
  readonly schedule: string | undefined;
}

export interface StackRule {
  readonly resource: Resource;
  readonly pattern: unknown;
  /** Logical ids of its targets. */
  readonly targets: readonly string[];
}

const functionSchema = v.object({ Role: v.unknown() });
const mappingSchema = v.object({ EventSourceArn: v.unknown(), FunctionName: v.unknown() });
const scheduleSchema = v.object({ ScheduleExpression: v.string(), Target: v.object({ Arn: v.unknown() }) });
const ruleSchema = v.object({ EventPattern: v.unknown(), Targets: v.array(v.object({ Arn: v.unknown() })) });
const policySchema = v.object({
  Roles: v.unknown(),
  PolicyDocument: v.object({
    Statement: v.array(
      v.object({ Action: v.union([v.string(), v.array(v.string())]), Resource: v.optional(v.unknown()) }),
    ),
  }),
});

export function filterResources({ resources }: Template, type: string): readonly Resource[] {
  return [...resources.values()].filter((resource) => resource.type === type);
}

export function readFunctions(template: Template): readonly StackFunction[] {
  const parsedAll = <T>(type: string, schema: v.GenericSchema<unknown, T>): readonly T[] =>
    filterResources(template, type).map(({ properties }) => v.parse(schema, properties));
  const policies = parsedAll('AWS::IAM::Policy', policySchema);
  const mappings = parsedAll('AWS::Lambda::EventSourceMapping', mappingSchema);
  const schedules = parsedAll('AWS::Scheduler::Schedule', scheduleSchema);
  return filterResources(template, 'AWS::Lambda::Function').map((resource) => {
    const { Role } = v.parse(functionSchema, resource.properties);
    const roles = referencedIds(Role);
    const isThis = (value: unknown): boolean => referencedIds(value).includes(resource.logicalId);
    return {
      resource,
      grants: policies
        .filter((policy) => referencedIds(policy.Roles).some((role) => roles.includes(role)))
        .flatMap(({ PolicyDocument }) => PolicyDocument.Statement)
        .flatMap(({ Action, Resource }) =>
          [Action].flat().map((action) => ({ action, resources: referencedIds(Resource) })),
        ),
      sources: mappings
        .filter(({ FunctionName }) => isThis(FunctionName))
        .flatMap(({ EventSourceArn }) => referencedIds(EventSourceArn)),
      schedule: schedules.find(({ Target }) => isThis(Target.Arn))?.ScheduleExpression,
    };
  });
}

export function readRules(template: Template): readonly StackRule[] {
  return filterResources(template, 'AWS::Events::Rule').map((resource) => {
    const { EventPattern, Targets } = v.parse(ruleSchema, resource.properties);
    return { resource, pattern: EventPattern, targets: Targets.flatMap(({ Arn }) => referencedIds(Arn)) };
  });
}

/** Finds the logical ids that `Ref` and `Fn::GetAtt` name anywhere in a value. */
export function referencedIds(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(referencedIds);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]: [string, unknown]) => {
    if (key === 'Ref' && typeof inner === 'string') return [inner];
    if (key === 'Fn::GetAtt' && Array.isArray(inner)) return inner.slice(0, 1).filter(isText);
    return referencedIds(inner);
  });
}

const isText = (value: unknown): value is string => typeof value === 'string';
