import { Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { doorContract } from '../../lambdas/door/contract.ts';
import {
  type AcceptCommandsProps,
  acceptEnvironment,
  acceptGrants,
  requestTimeout,
} from './accept-commands.ts';
import { CommandApi } from './command-api.ts';
import { type FunctionDefaults, ServiceFunction } from './service-function.ts';

export interface SignedDoorProps extends AcceptCommandsProps {
  /** Prefix of the names of the secrets with which clients sign. */
  readonly clientSecretNamePrefix: string;
  readonly functions: FunctionDefaults;
}

/** A public HTTP API for clients without credentials of AWS, which sign their commands. */
export class SignedDoor extends Construct {
  readonly door: ServiceFunction<typeof doorContract>;
  readonly api: CommandApi;

  constructor(scope: Construct, id: string, props: SignedDoorProps) {
    super(scope, id);
    const { clientSecretNamePrefix, functions } = props;
    const { account, region } = Stack.of(this);
    this.door = new ServiceFunction(this, 'Door', {
      contract: doorContract,
      defaults: functions,
      commonEnvironment: {
        ...acceptEnvironment(props),
        CLIENT_SECRET_NAME_PREFIX: clientSecretNamePrefix,
      },
      grants: {
        ...acceptGrants(props),
        secrets: {
          arns: [`arn:aws:secretsmanager:${region}:${account}:secret:${clientSecretNamePrefix}*`],
          wildcardReason: 'Operators add clients at run time, each with its own secret under this prefix',
        },
      },
      timeout: requestTimeout,
      memoryMb: 512,
    });
    this.api = new CommandApi(this, 'Api', {
      handler: this.door.function,
      signedFor: 'function',
      logRetention: functions.logRetention,
      key: functions.key,
    });
  }
}
