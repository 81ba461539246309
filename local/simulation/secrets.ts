import type { ReadSecretVersion } from '../../lambdas/adapters/read-secrets.ts';
import { parseSigningSecret, type SymmetricSecret } from '../../lambdas/core/signature.ts';
import { between, type Random } from '../partner-central/seeded-random.ts';
import { endpointSecretId } from '../stage-access.ts';
import type { Faults } from './faults.ts';
import type { Scheduler } from './scheduler.ts';

/** The versions of a secret, valid from a time on. */
interface State {
  readonly fromMs: number;
  readonly current: string;
  readonly previous: string | undefined;
}

/** A read may return the state of up to this long ago, milliseconds. An assumption. */
const longestLagMs = 10_000;

/**
 * Secrets Manager: each secret with its versions AWSCURRENT and AWSPREVIOUS. A read may lag.
 * Source: the Secrets Manager user guide, "Troubleshoot AWS Secrets Manager": a change takes time
 * to become visible from all endpoints. AWS states no limit.
 */
export class Secrets {
  readonly #states = new Map<string, State[]>();
  readonly #scheduler: Scheduler;
  readonly #faults: Faults;
  /** Set while reads return an old state. */
  #asOfMs: number | undefined;
  #lagsUntilMs = 0;

  constructor({ scheduler, faults }: { readonly scheduler: Scheduler; readonly faults: Faults }) {
    this.#scheduler = scheduler;
    this.#faults = faults;
  }

  put(endpointId: string, current: string, previous?: string): void {
    const secretId = endpointSecretId(endpointId);
    const states = this.#states.get(secretId) ?? [];
    states.push({ fromMs: this.#scheduler.nowMs(), current, previous });
    this.#states.set(secretId, states);
  }

  /** The newest state. */
  get(endpointId: string): State | undefined {
    return this.#states.get(endpointSecretId(endpointId))?.at(-1);
  }

  readonly read: ReadSecretVersion = async (secretId, stage) => {
    const nowMs = this.#scheduler.nowMs();
    if (nowMs > this.#lagsUntilMs) this.#asOfMs = undefined;
    if (
      this.#asOfMs === undefined &&
      this.#faults.strikes('secret-lags', 'Secrets Manager', 'begins to lag')
    ) {
      this.#asOfMs = nowMs;
      this.#lagsUntilMs = nowMs + between(this.#faults.random('secret-lags'), 1, longestLagMs);
    }
    const asOfMs = this.#asOfMs ?? nowMs;
    const states = this.#states.get(secretId) ?? [];
    const state = states.findLast(({ fromMs }) => fromMs <= asOfMs) ?? states[0];
    const text = stage === 'AWSCURRENT' ? state?.current : state?.previous;
    if (text === undefined) throw new SecretError('ResourceNotFoundException');
    const since = states.findIndex(({ current }) => current === text);
    // The first version is older than the storm.
    return { text, createdAtMs: since === 0 ? 0 : states[since]?.fromMs };
  };
}

class SecretError extends Error {
  constructor(name: string) {
    super(name);
    this.name = name;
  }
}

/** Makes a secret from random numbers, so that a seed makes the same one each time. */
export function newSecret(random: Random): SymmetricSecret {
  const bytes = Buffer.from(Array.from({ length: 32 }, () => between(random, 0, 255)));
  const secret = parseSigningSecret(`whsec_${bytes.toString('base64')}`);
  if (!secret) throw new Error('32 bytes make a secret');
  return secret;
}
