import { afterEach, describe, expect, it } from 'vitest';
import { certificate } from '../../conformance/loopback-certificate.ts';
import { type Receiver, startHttpsReceiver } from '../../conformance/receiver-under-test.ts';
import { type DeployedStage, startDeployedStage } from './deployed-stage.ts';

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

interface Tested {
  readonly deployed: DeployedStage;
  readonly receiver: Receiver;
  /** Adds an endpoint at the receiver and sends it a sample. */
  readonly sample: (id: string, ...options: readonly string[]) => Promise<string>;
}

/** A stage, and a receiver on loopback whose certificate no public authority has signed. */
async function tested(settings: Readonly<Record<string, string>> = {}): Promise<Tested> {
  const receiver = await startHttpsReceiver((_, response) => response.end('ok'));
  stops.push(receiver.stop);
  const deployed = await startDeployedStage(() => undefined, settings);
  stops.push(deployed.stop);
  const url = `https://localhost:${receiver.port}/hook`;
  const sample = async (id: string, ...options: readonly string[]) => {
    const added = await deployed.pcr(
      'endpoints',
      'add',
      '--id',
      id,
      '--url',
      url,
      '--topic',
      '*',
      ...options,
    );
    expect(added).toMatchObject({ code: 0 });
    const { out, err } = await deployed.pcr('endpoints', 'test', id);
    return out + err;
  };
  return { deployed, receiver, sample };
}

describe('a receiver whose certificate is of a private authority', () => {
  it('gets messages if its endpoint names the authority, and none if it does not', async () => {
    const { deployed, receiver, sample } = await tested();
    expect(await sample('ep_trusting', '--ca-certificate', certificate)).toContain('delivered');
    expect(await sample('ep_plain')).toContain('DEPTH_ZERO_SELF_SIGNED_CERT');
    expect(receiver.received).toHaveLength(1);
    const { out } = await deployed.pcr('endpoints', 'show', 'ep_trusting', '--json');
    expect(JSON.parse(out)).toMatchObject({ caCertificate: certificate });
  });

  it('gets messages of every endpoint if the stack names the authority', async () => {
    const { receiver, sample } = await tested({
      'relay:allowedCidrs': '10.20.0.0/16',
      'relay:subnetIds': 'subnet-0a1b2c3d',
      'relay:securityGroupIds': 'sg-0a1b2c3d',
      'relay:caCertificate': certificate,
    });
    expect(await sample('ep_plain')).toContain('delivered');
    expect(receiver.received).toHaveLength(1);
  });
});
