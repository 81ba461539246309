import { UsageError } from './errors.ts';
import type { StackChoice } from './stack.ts';
import {
  type LocalStage,
  reachStage,
  readStageFiles,
  removeStageFile,
  stageFolderOf,
} from './stores/stage-files.ts';

type Environment = Record<string, string | undefined>;

/** Variables that would lead the SDK away from the stage, or to other credentials. */
const overruled = ['AWS_PROFILE', 'AWS_SESSION_TOKEN', 'AWS_IGNORE_CONFIGURED_ENDPOINT_URLS'];

/**
 * Points this process to the running local stage: the SDK takes the endpoint of each service from
 * the environment. Does nothing if a stack, a profile or an endpoint is chosen.
 * @returns undefined if another stack is chosen, or if there is no stage
 * @throws UsageError if a stage is stopped, or has ended without removing its file
 */
export async function useLocalStage(
  { stack, profile }: StackChoice,
  note: (text: string) => void,
  environment: Environment = process.env,
): Promise<LocalStage | undefined> {
  if ([stack, profile, environment['PCR_STACK']].some((value) => value)) return undefined;
  if (hasEndpoint(environment)) return findChosen(environment);
  const stage = await newestStage(environment);
  if (!stage) return undefined;
  for (const name of overruled) delete environment[name];
  Object.assign(environment, stage.variables);
  note(`Local stage of ${stage.checkout}`);
  return stage;
}

/** The environment of a process that must use this stage, whatever the user has chosen. */
export function environmentOf(
  { variables }: LocalStage,
  environment: Environment = process.env,
): Environment {
  const left = Object.entries(environment).filter(([name]) => ![...overruled, 'PCR_STACK'].includes(name));
  return { ...Object.fromEntries(left), ...variables };
}

/** The folder of the files of all local stages of this user. */
export function stageFolder(environment: Environment = process.env): string {
  return stageFolderOf(environment['XDG_STATE_HOME']);
}

/** @throws UsageError if it is stopped, or if all have ended without removing their files */
export async function newestStage(environment: Environment = process.env): Promise<LocalStage | undefined> {
  const files = readStageFiles(stageFolder(environment));
  for (const { path, stage } of files) {
    const state = await reachStage(stage);
    if (state === 'up') return stage;
    if (state === 'silent') throw new UsageError(`${describeStage(stage)} does not answer: continue it.`);
    removeStageFile(path);
  }
  const [gone] = files;
  if (!gone) return undefined;
  throw new UsageError(
    `${describeStage(gone.stage)} has ended. Start it with npm start, or repeat the command to use AWS.`,
  );
}

function describeStage({ checkout, pid }: LocalStage): string {
  return `local stage: the one of ${checkout} (process ${pid})`;
}

/** The stage to which the variables point that `npm start -- --env` prints. */
function findChosen(environment: Environment): LocalStage | undefined {
  const files = readStageFiles(stageFolder(environment));
  return files.find(({ stage: { variables } }) =>
    Object.entries(variables).every(([name, value]) => environment[name] === value),
  )?.stage;
}

function hasEndpoint(environment: Environment): boolean {
  return Object.entries(environment).some(([name, value]) => name.startsWith('AWS_ENDPOINT_URL') && value);
}
