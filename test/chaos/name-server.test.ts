import { Resolver } from 'node:dns/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type NameAnswer, type NameServer, startNameServer } from '../../local/chaos/name-server.ts';

let answer: NameAnswer;
let asked: string[];
let server: NameServer;
let resolver: Resolver;

beforeEach(async () => {
  asked = [];
  server = await startNameServer((name) => {
    asked.push(name);
    return answer;
  });
  resolver = new Resolver({ timeout: 100, tries: 1 });
  resolver.setServers([server.address]);
});
afterEach(() => server.stop());

describe('startNameServer', () => {
  it('finds an IPv4 address for every name, and no IPv6 address', async () => {
    answer = 'found';
    expect(await resolver.resolve4('receiver.chaos.example')).toEqual(['127.0.0.1']);
    await expect(resolver.resolve6('receiver.chaos.example')).rejects.toThrow('ENODATA');
  });

  it('tells which name a query asks for', async () => {
    answer = 'found';
    await resolver.resolve4('Receiver.Chaos.example');
    expect(asked).toEqual(['receiver.chaos.example']);
  });

  it.each([
    ['no-such-name', 'ENOTFOUND'],
    ['server-failure', 'ESERVFAIL'],
    ['silent', 'ETIMEOUT'],
  ] as const)('answers %s so that a resolver reports %s', async (chosen, code) => {
    answer = chosen;
    await expect(resolver.resolve4('receiver.chaos.example')).rejects.toThrow(code);
  });
});
