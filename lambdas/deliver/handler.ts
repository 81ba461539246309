import { dynamodbClient, secretsManagerClient, sqsClient } from '../adapters/aws-clients.ts';
import { dynamodbDeliveryStore } from '../adapters/dynamodb-delivery-store.ts';
import { dynamodbEndpointGateStore } from '../adapters/dynamodb-endpoint-gate.ts';
import { dynamodbEndpointStore } from '../adapters/dynamodb-endpoint-store.ts';
import { dynamodbRecordReader } from '../adapters/dynamodb-record-reader.ts';
import { eventBridgeEventBus } from '../adapters/eventbridge-event-bus.ts';
import { httpsWebhookTransport } from '../adapters/https-webhook-transport.ts';
import { secretsManagerSecretStore } from '../adapters/secrets-manager-secret-store.ts';
import { sqsDeliveryDoorbell, sqsFanOutDoorbell } from '../adapters/sqs-doorbell.ts';
import { sqsParkedQueue } from '../adapters/sqs-work-queue.ts';
import { systemClock } from '../adapters/system-clock.ts';
import { systemRandom } from '../adapters/system-random.ts';
import { lambdaHandler } from '../runtime/lambda-handler.ts';
import { composeDeliver } from './compose.ts';
import { deliverContract } from './contract.ts';

export const handler = lambdaHandler(deliverContract, (runtime) => {
  const { env, log, metrics } = runtime;
  const dynamodb = dynamodbClient();
  const sqs = sqsClient();
  return composeDeliver(runtime, {
    deliveries: dynamodbDeliveryStore(dynamodb, env.WEBHOOKS_TABLE_NAME),
    endpoints: dynamodbEndpointStore(dynamodb, env.WEBHOOKS_TABLE_NAME),
    gates: dynamodbEndpointGateStore(dynamodb, env.WEBHOOKS_TABLE_NAME),
    records: dynamodbRecordReader(dynamodb, env.RECORDS_TABLE_NAME),
    secrets: secretsManagerSecretStore(secretsManagerClient(), systemClock, (version) => {
      if (version.stage === 'AWSCURRENT') metrics.count('DeliveriesUnprepared');
      log.warn('secret.degraded', { ...version });
    }),
    transport: httpsWebhookTransport({
      network: env.WEBHOOK_NETWORK,
      allowedCidrs: env.ALLOWED_CIDRS,
      caCertificate: env.CA_CERTIFICATE,
    }),
    eventBus: eventBridgeEventBus(),
    doorbell: sqsDeliveryDoorbell(sqs, env.QUEUE_URL),
    fanOutDoorbell: sqsFanOutDoorbell(sqs, env.FAN_OUT_QUEUE_URL),
    parked: sqsParkedQueue(sqs, env.PARKED_QUEUE_URL),
    clock: systemClock,
    random: systemRandom,
  });
});
