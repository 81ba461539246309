import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../lib/config.ts';

describe('the context of the app', () => {
  it('needs nothing: every setting has a default', () => {
    expect(parseConfig({})).toEqual({
      config: {
        catalogs: ['AWS'],
        settleSeconds: 5,
        logRetentionDays: 90,
        tableRemoval: 'retain',
      },
    });
  });

  it('is text on the command line and values in cdk.json', () => {
    const config = {
      catalogs: ['AWS', 'Sandbox'],
      settleSeconds: 30,
      logRetentionDays: 7,
      tableRemoval: 'destroy',
    };
    const text = {
      'relay:catalogs': 'AWS,Sandbox',
      'relay:settleSeconds': '30',
      'relay:logRetentionDays': '7',
      'relay:tableRemoval': 'destroy',
    };
    const values = { ...text, 'relay:catalogs': ['AWS', 'Sandbox'], 'relay:settleSeconds': 30 };
    expect(parseConfig(text)).toEqual({ config });
    expect(parseConfig(values)).toEqual({ config });
  });

  it('may hold keys of others', () => {
    expect(parseConfig({ '@aws-cdk/core:enablePartitionLiterals': true })).toHaveProperty('config');
  });

  it.each([
    ['relay:catalogs', 'sandbox', '"sandbox"', 'AWS, Sandbox'],
    ['relay:catalogs', 'AWS,aws', '"AWS,aws"', 'upper and lower case matter'],
    ['relay:catalogs', '', '""', 'one or more of'],
    ['relay:catalogs', [], '[]', 'one or more of'],
    ['relay:catalogs', ['AWS', 'AWS'], '["AWS","AWS"]', 'each once'],
    ['relay:catalogs', true, 'true', 'one or more of'],
    ['relay:settleSeconds', '-1', '"-1"', 'from 0 to 899'],
    ['relay:settleSeconds', 900, '900', 'from 0 to 899'],
    ['relay:settleSeconds', 1.5, '1.5', 'a whole number'],
    ['relay:settleSeconds', 'soon', '"soon"', 'a whole number of seconds'],
    ['relay:logRetentionDays', 42, '42', '30, 60, 90'],
    ['relay:logRetentionDays', 9999, '9999', '30, 60, 90'],
    ['relay:logRetentionDays', 'THREE_MONTHS', '"THREE_MONTHS"', '30, 60, 90'],
    ['relay:tableRemoval', 'snapshot', '"snapshot"', 'retain or destroy'],
    ['relay:tableRemoval', null, 'null', 'retain or destroy'],
  ])('%s = %j is refused by key, value and what is allowed', (key, value, shown, allowed) => {
    const parsed = parseConfig({ [key]: value });
    expect(parsed).toEqual({ problems: [expect.stringContaining(`${key} is ${shown}; allowed: `)] });
    expect(parsed).toEqual({ problems: [expect.stringContaining(allowed)] });
  });

  it('refuses a setting that does not exist, and lists those that do', () => {
    const parsed = parseConfig({ 'relay:catalog': 'AWS' });
    expect(parsed).toEqual({ problems: [expect.stringMatching(/^relay:catalog is not a setting/)] });
    expect(parsed).toEqual({ problems: [expect.stringContaining('relay:catalogs, relay:settleSeconds')] });
  });

  it('reports every problem together', () => {
    const parsed = parseConfig({ 'relay:catalogs': 'aws', 'relay:tableRemoval': 'keep', 'relay:typo': '' });
    expect(parsed).toEqual({ problems: [expect.any(String), expect.any(String), expect.any(String)] });
  });
});
