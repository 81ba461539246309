import { beforeEach, describe, expect, it } from 'vitest';
import { ServiceError } from '../../lambdas/core/service-error.ts';
import { overNetwork, type Service } from '../../local/simulation/calls.ts';
import { Environment } from '../../local/simulation/environment.ts';
import { runUntil, type SmallWorld, type Strikes, smallWorld } from './small-world.ts';

/** A service with one operation that may be repeated without doing it twice. */
interface Port {
  readonly name: string;
  claim(id: string): Promise<string>;
  read(id: string): Promise<string>;
  fail(): Promise<string>;
}

let world: SmallWorld;
let environment: Environment;
/** What the service did. */
let effects: string[];
/** What the worker saw of it. */
let seen: string[];
let disturbed: (readonly unknown[])[];

const service: Port = {
  name: 'table',
  claim: async (id) => {
    effects.push(`claim ${id} at ${world.scheduler.nowMs()}`);
    return `claimed ${effects.length}`;
  },
  read: async (id) => {
    effects.push(`read ${id} at ${world.scheduler.nowMs()}`);
    return 'row';
  },
  fail: async () => {
    throw new RangeError('no such row');
  },
};

function start(strikes: Strikes, detail = 0.5, of: Service = 'DynamoDB'): Port {
  world = smallWorld(strikes, detail);
  environment = new Environment('deliver 1', world.scheduler, 0);
  return overNetwork(service, of, environment, {
    ...world,
    onDisturbed: (_, args) => void disturbed.push(args),
  });
}

function now(): string {
  return `at ${world.scheduler.nowMs()}`;
}

async function watch(answer: Promise<string>): Promise<void> {
  await answer.then(
    (value) => seen.push(`${value} ${now()}`),
    (error: unknown) => seen.push(`${error instanceof ServiceError ? error.code : String(error)} ${now()}`),
  );
}

beforeEach(() => {
  effects = [];
  seen = [];
  disturbed = [];
});

describe('overNetwork', () => {
  it('takes time on the way to the service and back', async () => {
    void watch(start({}).claim('dlv_1'));
    await runUntil(world, 1_000);
    expect([effects, seen, disturbed]).toEqual([['claim dlv_1 at 4'], ['claimed 1 at 8'], []]);
  });

  it('leaves members alone that are not operations', () => {
    expect(start({ 'call-refused': 'always' }).name).toBe('table');
  });

  it('brings the errors of the service back to the worker', async () => {
    void watch(start({}).fail());
    await runUntil(world, 1_000);
    expect(seen).toEqual(['RangeError: no such row at 8']);
  });

  it('does nothing if the call is refused', async () => {
    void watch(start({ 'call-refused': 'always' }).claim('dlv_1'));
    await runUntil(world, 1_000);
    expect([effects, seen, disturbed]).toEqual([[], ['store.unavailable at 8'], [['dlv_1']]]);
  });

  it.each([
    ['DynamoDB', 'store.unavailable'],
    ['SQS', 'queue.unavailable'],
    ['Secrets Manager', 'ThrottlingException: ThrottlingException'],
  ] as const)('reports a failure of %s as the adapter or the client does, as %s', async (name, failure) => {
    void watch(start({ 'call-refused': 'always' }, 0.5, name).claim('dlv_1'));
    await runUntil(world, 1_000);
    expect(seen).toEqual([`${failure} at 8`]);
  });

  it('has its effect even if the answer is lost', async () => {
    void watch(start({ 'call-answer-lost': 'always' }).claim('dlv_1'));
    await runUntil(world, 1_000);
    expect([effects, seen, disturbed]).toEqual([
      ['claim dlv_1 at 4'],
      ['store.unavailable at 8'],
      [['dlv_1']],
    ]);
  });

  it('does a repeated call twice and answers what the second one came to', async () => {
    void watch(start({ 'call-repeated': 'always' }).claim('dlv_1'));
    await runUntil(world, 1_000);
    expect([effects, seen, disturbed]).toEqual([
      ['claim dlv_1 at 4', 'claim dlv_1 at 4'],
      ['claimed 2 at 8'],
      [['dlv_1']],
    ]);
  });

  it('does a call once that is idempotent, however often it is repeated', async () => {
    void watch(start({ 'call-repeated': 'always' }).read('dlv_1'));
    await runUntil(world, 1_000);
    expect([effects, seen, disturbed]).toEqual([['read dlv_1 at 4'], ['row at 8'], []]);
  });

  it('does not reach the service if the worker dies before the call', async () => {
    void watch(start({ 'worker-dies-before': 'always' }).claim('dlv_1'));
    await runUntil(world, 1_000);
    expect([effects, seen, environment.hasEnded, disturbed]).toEqual([[], [], true, [['dlv_1']]]);
  });

  it('has its effect but no answer if the worker dies after the call', async () => {
    void watch(start({ 'worker-dies-after': 'always' }).claim('dlv_1'));
    await runUntil(world, 1_000);
    expect([effects, seen, environment.hasEnded, disturbed]).toEqual([
      ['claim dlv_1 at 4'],
      [],
      true,
      [['dlv_1']],
    ]);
  });

  it('has its effect even if the worker ends while the request is on its way', async () => {
    void watch(start({}).claim('dlv_1'));
    world.scheduler.at(2, () => environment.end());
    await runUntil(world, 1_000);
    expect([effects, seen]).toEqual([['claim dlv_1 at 4'], []]);
  });

  it('gives no answer to a worker that ended while the answer was on its way', async () => {
    void watch(start({}).claim('dlv_1'));
    void watch(overNetwork(service, 'DynamoDB', environment, { ...world, onDisturbed: () => {} }).fail());
    world.scheduler.at(6, () => environment.end());
    await runUntil(world, 1_000);
    expect([effects, seen]).toEqual([['claim dlv_1 at 4'], []]);
  });

  it('delays the request of a slow call, so that others act before it', async () => {
    void watch(start({ 'call-slow': 'always' }, 0.4).claim('dlv_1'));
    await runUntil(world, 10_000);
    expect([effects, seen, disturbed]).toEqual([['claim dlv_1 at 1663'], ['claimed 1 at 1666'], [['dlv_1']]]);
  });

  it('delays the answer of a slow call, so that others act after it', async () => {
    void watch(start({ 'call-slow': 'always' }, 0.6).claim('dlv_1'));
    await runUntil(world, 10_000);
    expect([effects, seen]).toEqual([['claim dlv_1 at 4'], ['claimed 1 at 2448']]);
  });

  it('gives the answer to a stalled worker when it goes on', async () => {
    void watch(start({ 'worker-stalls': 'always' }).claim('dlv_1'));
    await runUntil(world, 100_000);
    expect([effects, seen]).toEqual([['claim dlv_1 at 4'], ['claimed 1 at 25500']]);
  });

  it('gives the answer to a frozen worker when it is thawed', async () => {
    void watch(start({}).claim('dlv_1'));
    environment.freeze();
    await runUntil(world, 1_000);
    expect([effects, seen]).toEqual([['claim dlv_1 at 4'], []]);
    environment.thaw();
    await runUntil(world, 1_001);
    expect(seen).toEqual(['claimed 1 at 1000']);
  });
});
