import * as v from 'valibot';
import type { Template } from '../../local/host/template.ts';
import { namedIn, resourcesOf, type StackFunction } from './stack-graph.ts';

/** What a table is for, which no template says. */
const contents: Readonly<Record<string, string>> = {
  Records: 'state + versions',
  Webhooks: 'endpoints + deliveries',
  Control: 'quota, passes',
};

/** What the code calls by another name than its construct, which keeps the one that it was deployed under. */
const called: Readonly<Record<string, string>> = {
  Keep: 'quarantine',
  Events: 'unknown events',
  FanOutDoorbell: 'fan-out doorbell',
};

export interface Drawn {
  readonly id: string;
  readonly shape: string;
}
export type Names = ReadonlyMap<string, Drawn>;

const redriveSchema = v.object({ RedrivePolicy: v.object({ deadLetterTargetArn: v.unknown() }) });

/** How each table, queue and function is drawn, by logical id. */
export function namesOf(template: Template, functions: readonly StackFunction[]): Names {
  const queues = resourcesOf(template, 'AWS::SQS::Queue');
  const parked = queues.flatMap(({ properties }) => namedIn(properties['RedrivePolicy']));
  const names = new Map<string, Drawn>();
  for (const { logicalId, id, properties } of queues.filter((queue) => !parked.includes(queue.logicalId))) {
    if (!v.is(redriveSchema, properties)) throw new Error(`${id} has no parked queue beside it`);
    const name = lastOf(id, 'Queue');
    names.set(logicalId, { id: name, shape: `[[${spoken(name, ' ')}]]` });
  }
  for (const { resource, schedule } of functions) {
    const name = lastOf(resource.id, 'Function');
    const rate = schedule === undefined ? '' : `<br>${spokenRate(schedule)}`;
    names.set(resource.logicalId, { id: name, shape: `[${spoken(name, '-')}${rate}]` });
  }
  for (const { logicalId, id } of resourcesOf(template, 'AWS::DynamoDB::GlobalTable')) {
    const name = lastOf(id, 'Table');
    if (contents[name] === undefined) throw new Error(`Say what table ${id} holds`);
    names.set(logicalId, { id: name, shape: `[(${name}<br>${contents[name]})]` });
  }
  return names;
}

/** `WebhookDelivery/FanOut/Function` -> `FanOut` */
const lastOf = (id: string, own: string): string =>
  id.replace(new RegExp(`/${own}$`), '').replace(/^.*\//, '');

/** `FanOut` -> `fan-out` */
const spoken = (name: string, between: string): string =>
  called[name] ?? name.replaceAll(/(?<=.)[A-Z]/g, `${between}$&`).toLowerCase();

const spokenRate = (expression: string): string => expression.replace(/^rate\(1 (\w+)\)$/, 'every $1');

export const isTable = (names: Names, logicalId: string): boolean => idOf(names, logicalId) in contents;

export function idOf(names: Names, logicalId: string): string {
  const drawn = names.get(logicalId);
  if (!drawn) throw new Error(`${logicalId} is not drawn`);
  return drawn.id;
}
