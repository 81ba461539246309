import { beforeEach, describe, expect, it } from 'vitest';
import { parseSigningSecret } from '../../lambdas/core/signature.ts';
import { seededRandom } from '../../local/partner-central/seeded-random.ts';
import { newSecret, Secrets } from '../../local/simulation/secrets.ts';
import { endpointSecretId } from '../../local/stage-access.ts';
import { runUntil, type SmallWorld, type Strikes, smallWorld } from './small-world.ts';

const secretId = endpointSecretId('ep_all');
/** How long reads lag in these tests. */
const lagMs = 5_001;

let world: SmallWorld;
let secrets: Secrets;

async function start(strikes: Strikes = {}): Promise<void> {
  world = smallWorld(strikes);
  secrets = new Secrets(world);
  secrets.put('ep_all', 'first');
  await runUntil(world, 60_000);
  secrets.put('ep_all', 'second', 'first');
}

async function textOf(stage: 'AWSCURRENT' | 'AWSPREVIOUS'): Promise<string> {
  return (await secrets.read(secretId, stage)).text;
}

beforeEach(() => start());

describe('Secrets', () => {
  it('returns the current and the previous version of a secret', async () => {
    expect([await textOf('AWSCURRENT'), await textOf('AWSPREVIOUS')]).toEqual(['second', 'first']);
    expect(secrets.get('ep_all')).toMatchObject({ current: 'second', previous: 'first' });
  });

  it('returns the versions of a moment for some seconds, and then the newest', async () => {
    await start({ 'secret-lags': [true] });
    await secrets.read(secretId, 'AWSCURRENT');
    await runUntil(world, 60_001);
    secrets.put('ep_all', 'third', 'second');
    await runUntil(world, 60_000 + lagMs);
    expect([await textOf('AWSCURRENT'), await textOf('AWSPREVIOUS')]).toEqual(['second', 'first']);
    await runUntil(world, 60_000 + lagMs + 1);
    expect(await secrets.read(secretId, 'AWSCURRENT')).toEqual({ text: 'third', createdAtMs: 60_001 });
  });

  it('never returns versions that are older than the longest lag', async () => {
    await start({ 'secret-lags': 'always' });
    for (let second = 61; second < 120; second += 1) {
      await secrets.read(secretId, 'AWSCURRENT');
      secrets.put('ep_all', `at ${second}`);
      await runUntil(world, second * 1_000);
      const [, since = '0'] = (await textOf('AWSCURRENT')).split(' ');
      if (second > 71) expect(second - Number(since)).toBeLessThanOrEqual(10);
    }
  });

  it('returns the first version to a read that lags behind its creation', async () => {
    await start({ 'secret-lags': [true] });
    await secrets.read(secretId, 'AWSCURRENT');
    await runUntil(world, 60_001);
    secrets.put('ep_new', 'new');
    expect(await secrets.read(endpointSecretId('ep_new'), 'AWSCURRENT')).toMatchObject({ text: 'new' });
  });

  it.each([
    ['a secret that does not exist', endpointSecretId('ep_other'), 'AWSCURRENT'],
    ['a previous version that does not exist', endpointSecretId('ep_new'), 'AWSPREVIOUS'],
  ] as const)('rejects the read of %s as the service does', async (_, id, stage) => {
    secrets.put('ep_new', 'new');
    await expect(secrets.read(id, stage)).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });
});

describe('newSecret', () => {
  it('makes a signing secret, the same from the same numbers', () => {
    const made = newSecret(seededRandom(1));
    expect(parseSigningSecret(made)).toBe(made);
    expect(newSecret(seededRandom(1))).toBe(made);
    expect(newSecret(seededRandom(2))).not.toBe(made);
  });
});
