import { DeleteSecretCommand, RestoreSecretCommand } from '@aws-sdk/client-secrets-manager';
import { endpointSecretId } from '../../stage-access.ts';
import type { Drill } from '../drill.ts';
import { endpointId } from '../stage/drill-stage.ts';

const SecretId = endpointSecretId(endpointId);

export const failureDrills: readonly Drill[] = [
  {
    alarm: 'FunctionErrors',
    fault: 'The signing secret of an endpoint was deleted.',
    cause: async ({ partner, secrets, carry }) => {
      await secrets.send(new DeleteSecretCommand({ SecretId }));
      partner.createOpportunity('AWS');
      await carry();
    },
    firesWithinMinutes: 20,
    mend: [
      {
        words: 'undo what was changed by hand',
        perform: async ({ secrets }) => void (await secrets.send(new RestoreSecretCommand({ SecretId }))),
      },
    ],
    endsWithinMinutes: 30,
  },
  {
    alarm: 'EndpointDisabled',
    fault: 'The receiver of an endpoint answers 410 Gone.',
    cause: async ({ partner, receiver, carry }) => {
      receiver.status = 410;
      partner.createOpportunity('AWS');
      await carry();
    },
    firesWithinMinutes: 5,
    mend: [
      {
        words: 'have the receiver repaired',
        perform: async ({ receiver }) => {
          receiver.status = 204;
        },
      },
      { command: 'pcr endpoints enable ID', values: () => ({ ID: endpointId }) },
    ],
    endsWithinMinutes: 20,
  },
];
