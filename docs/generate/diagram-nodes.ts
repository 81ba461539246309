import * as v from 'valibot';
import type { Template } from '../../local/host/template/template.ts';
import { filterResources, referencedIds, type StackFunction } from './stack-graph.ts';

/** What a table is for, which no template says. */
const tablePurposes: Readonly<Record<string, string>> = {
  Records: 'state + versions',
  Webhooks: 'endpoints + deliveries',
  Control: 'quota, passes',
};

/**
 * What the code calls by another name than its construct, which keeps the one that it was deployed
 * under.
 */
const displayNames: Readonly<Record<string, string>> = {
  Keep: 'quarantine',
  Events: 'unknown events',
  FanOutDoorbell: 'fan-out doorbell',
};

export interface DiagramNode {
  readonly id: string;
  readonly shape: string;
}
export type DiagramNodes = ReadonlyMap<string, DiagramNode>;

const redriveSchema = v.object({ RedrivePolicy: v.object({ deadLetterTargetArn: v.unknown() }) });

/** How each table, queue and function is drawn, by logical id. */
export function nameNodes(template: Template, functions: readonly StackFunction[]): DiagramNodes {
  const queues = filterResources(template, 'AWS::SQS::Queue');
  const parked = queues.flatMap(({ properties }) => referencedIds(properties['RedrivePolicy']));
  const names = new Map<string, DiagramNode>();
  for (const { logicalId, id, properties } of queues.filter((queue) => !parked.includes(queue.logicalId))) {
    if (!v.is(redriveSchema, properties)) throw new Error(`${id} has no parked queue beside it`);
    const name = lastSegment(id, 'Queue');
    names.set(logicalId, { id: name, shape: `[[${toDisplayName(name, ' ')}]]` });
  }
  for (const { resource, schedule } of functions) {
    const name = lastSegment(resource.id, 'Function');
    const rate = schedule === undefined ? '' : `<br>${toDisplayRate(schedule)}`;
    names.set(resource.logicalId, { id: name, shape: `[${toDisplayName(name, '-')}${rate}]` });
  }
  for (const { logicalId, id } of filterResources(template, 'AWS::DynamoDB::GlobalTable')) {
    const name = lastSegment(id, 'Table');
    if (tablePurposes[name] === undefined) throw new Error(`Say what table ${id} holds`);
    names.set(logicalId, { id: name, shape: `[(${name}<br>${tablePurposes[name]})]` });
  }
  return names;
}

/** `WebhookDelivery/FanOut/Function` -> `FanOut` */
const lastSegment = (id: string, own: string): string =>
  id.replace(new RegExp(`/${own}$`), '').replace(/^.*\//, '');

/** `FanOut` -> `fan-out` */
const toDisplayName = (name: string, between: string): string =>
  displayNames[name] ?? name.replaceAll(/(?<=.)[A-Z]/g, `${between}$&`).toLowerCase();

const toDisplayRate = (expression: string): string => expression.replace(/^rate\(1 (\w+)\)$/, 'every $1');

export const isTable = (names: DiagramNodes, logicalId: string): boolean =>
  nodeId(names, logicalId) in tablePurposes;

export function nodeId(names: DiagramNodes, logicalId: string): string {
  const drawn = names.get(logicalId);
  if (!drawn) throw new Error(`${logicalId} is not drawn`);
  return drawn.id;
}
