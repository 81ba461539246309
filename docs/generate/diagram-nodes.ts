import * as v from 'valibot';
import type { Template } from '../../local/host/template/template.ts';
import { filterResources, type StackFunction } from './stack-graph.ts';

/** Purpose of each table. The template does not contain it. */
const tablePurposes: Readonly<Record<string, string>> = {
  Records: 'state + versions',
  Webhooks: 'endpoints + deliveries',
  Control: 'quota, passes',
};

/**
 * Display names of constructs whose id differs from the name in the code. The id must stay, because
 * the logical id of a deployed resource depends on it.
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

/** Chooses the node of each table, queue and function, by logical id. */
export function nameNodes(template: Template, functions: readonly StackFunction[]): DiagramNodes {
  const queues = filterResources(template, 'AWS::SQS::Queue');
  const consumed = new Set(functions.flatMap(({ sources }) => sources));
  const names = new Map<string, DiagramNode>();
  for (const { logicalId, id, properties } of queues.filter((queue) => consumed.has(queue.logicalId))) {
    if (!v.is(redriveSchema, properties)) throw new Error(`${id} has no parked queue`);
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
    if (tablePurposes[name] === undefined) throw new Error(`Add the purpose of table ${id} to tablePurposes`);
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
  if (!drawn) throw new Error(`${logicalId} has no node in the diagram`);
  return drawn.id;
}
