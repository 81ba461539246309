import * as v from 'valibot';
import { ControlPlaneError, type DeployedStage } from './control-plane-response.ts';

const request = v.object({
  logGroupName: v.string(),
  filterPattern: v.optional(v.string(), ''),
  startTime: v.optional(v.number(), 0),
});

const loggingConfig = v.object({
  LoggingConfig: v.optional(v.object({ LogGroup: v.optional(v.string()) })),
});

/** FilterLogEvents, with patterns of terms in quotation marks: `?"one" ?"other"`. */
export function filterLogEvents(body: unknown, deployed: DeployedStage): unknown {
  const { logGroupName, filterPattern, startTime } = v.parse(request, body);
  if (!deployed.resources.some(({ physicalId, type }) => isLogGroup(type) && physicalId === logGroupName))
    throw new ControlPlaneError('ResourceNotFoundException', 'The specified log group does not exist.');
  const terms = [...filterPattern.matchAll(/\?"([^"]*)"/g)].flatMap(([, term]) => term ?? []);
  const events = functionsOf(logGroupName, deployed).flatMap((host) =>
    deployed.logs.find(host, terms, startTime),
  );
  return { events, searchedLogStreams: [] };
}

function isLogGroup(type: string): boolean {
  return type === 'AWS::Logs::LogGroup';
}

function functionsOf(logGroupName: string, { functions, resources }: DeployedStage) {
  const ids = resources
    .filter(({ type }) => type === 'AWS::Lambda::Function')
    .filter(({ properties }) => {
      const { LoggingConfig } = v.parse(loggingConfig, properties('LoggingConfig'));
      return LoggingConfig?.LogGroup === logGroupName;
    })
    .map(({ logicalId }) => logicalId);
  return functions.filter(({ resource }) => ids.includes(resource.logicalId));
}
