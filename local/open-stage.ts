import { stageFolder } from '../bin/pcr/local-stage.ts';
import { type LocalStage, removeStageFile, writeStageFile } from '../bin/pcr/stores/stage-files.ts';
import { type ControlRequest, startControlDoor } from './control-door.ts';
import { localCredentials, localRegion } from './host/local-account.ts';
import type { Stage } from './host/stage.ts';

/** The SDK needs these besides the endpoints. Version 1 of the AWS CLI knows one of the regions. */
const localAccess = {
  AWS_ACCESS_KEY_ID: localCredentials.accessKeyId,
  AWS_SECRET_ACCESS_KEY: localCredentials.secretAccessKey,
  AWS_REGION: localRegion,
  AWS_DEFAULT_REGION: localRegion,
};

/** Lets `pcr` find and control a running stage. */
export async function openStage(
  { endpoints, controlPlane }: Pick<Stage, 'endpoints' | 'controlPlane'>,
  checkout: string,
  control: ControlRequest,
): Promise<{ readonly opened: LocalStage; readonly stop: () => Promise<void> }> {
  const door = await startControlDoor(control);
  const opened = {
    checkout,
    pid: process.pid,
    startedAt: new Date().toISOString(),
    variables: { ...localAccess, ...endpoints, ...controlPlane },
    door: { url: door.url, token: door.token },
  };
  const path = writeStageFile(stageFolder(), opened);
  // Also if this process ends by an error.
  const remove = (): void => removeStageFile(path);
  process.once('exit', remove);
  return {
    opened,
    stop: async () => {
      process.off('exit', remove);
      remove();
      await door.stop();
    },
  };
}
