import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../lib/parse-config.ts';
import { certificate } from '../conformance/loopback-certificate.ts';
import { context } from './synthesized-stack.ts';

const kmsKey = 'arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab';
const seventeenSubnets = Array.from({ length: 17 }, (_, index) => `subnet-0a1b2c${10 + index}`).join();
const sixGroups = Array.from({ length: 6 }, (_, index) => `sg-0a1b2c${10 + index}`).join();
const bus = 'arn:aws:events:us-east-1:111122223333:event-bus/';

/** PEM whose content is not a certificate. */
const notCertificate = '-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----';
/** Too long for the environment of a function. */
const many = certificate.repeat(4);

describe('parseConfig', () => {
  it('needs no setting: each has a default', () => {
    expect(parseConfig({})).toEqual({
      config: {
        stackName: 'PartnerCentralRelay',
        catalogs: ['AWS'],
        settleSeconds: 5,
        earlyReadPercent: 50,
        concurrency: 60,
        readsPerSecond: 10,
        readsPerDay: 100_000,
        commands: [],
        signedCommands: false,
        writesPerSecond: 1,
        writesPerDay: 10_000,
        reconcileMinutes: 60,
        fullPassDays: 7,
        expiringDays: 3,
        reminders: [],
        exportHours: 0,
        silenceDays: 3,
        rejectedInvitations: 'redact',
        okActions: true,
        dashboard: true,
        tracing: false,
        eventBuses: [],
        allowedCidrs: [],
        subnetIds: [],
        securityGroupIds: [],
        logRetentionDays: 90,
        tableRemoval: 'retain',
      },
    });
  });

  it('reads texts from the command line and values from cdk.json', () => {
    const config = {
      stackName: 'Relay-2',
      catalogs: ['AWS', 'Sandbox'],
      settleSeconds: 30,
      earlyReadPercent: 25,
      concurrency: 14,
      readsPerSecond: 50,
      readsPerDay: 500_000,
      commands: ['invitation.accept', 'Sandbox:opportunity.update'],
      signedCommands: true,
      writesPerSecond: 2,
      writesPerDay: 20_000,
      reconcileMinutes: 15,
      fullPassDays: 0,
      expiringDays: 1,
      reminders: ['close_date_passed', 'idle:30'],
      exportHours: 24,
      silenceDays: 7,
      rejectedInvitations: 'keep',
      alarmEmail: 'on-call@example.com',
      okActions: false,
      dashboard: false,
      tracing: true,
      eventBuses: [`${bus}partners`, `${bus}teams/crm`],
      allowedCidrs: ['10.20.0.0/16', 'fd12:3456::/32'],
      subnetIds: ['subnet-0a1b2c3d4e5f60718'],
      securityGroupIds: ['sg-0a1b2c3d'],
      caCertificate: certificate,
      kmsKeyArn: kmsKey,
      logRetentionDays: 7,
      tableRemoval: 'destroy',
    };
    const text = {
      'relay:stackName': 'Relay-2',
      'relay:catalogs': 'AWS,Sandbox',
      'relay:settleSeconds': '30',
      'relay:earlyReadPercent': '25',
      'relay:concurrency': '14',
      'relay:readsPerSecond': '50',
      'relay:readsPerDay': '500000',
      'relay:commands': 'invitation.accept, Sandbox:opportunity.update',
      'relay:signedCommands': 'yes',
      'relay:writesPerSecond': '2',
      'relay:writesPerDay': '20000',
      'relay:reconcileMinutes': '15',
      'relay:fullPassDays': '0',
      'relay:expiringDays': '1',
      'relay:reminders': 'close_date_passed, idle:30',
      'relay:exportHours': '24',
      'relay:silenceDays': '7',
      'relay:rejectedInvitations': 'keep',
      'relay:alarmEmail': 'on-call@example.com',
      'relay:okActions': 'no',
      'relay:dashboard': 'no',
      'relay:tracing': 'yes',
      'relay:eventBuses': `${bus}partners,${bus}teams/crm`,
      'relay:allowedCidrs': '10.20.0.0/16, fd12:3456::/32',
      'relay:subnetIds': 'subnet-0a1b2c3d4e5f60718',
      'relay:securityGroupIds': 'sg-0a1b2c3d',
      'relay:caCertificate': certificate,
      'relay:kmsKeyArn': kmsKey,
      'relay:logRetentionDays': '7',
      'relay:tableRemoval': 'destroy',
    };
    const values = {
      ...text,
      'relay:catalogs': ['AWS', 'Sandbox'],
      'relay:settleSeconds': 30,
      'relay:tracing': true,
    };
    expect(parseConfig(text)).toEqual({ config });
    expect(parseConfig(values)).toEqual({ config });
  });

  it('ignores keys of other tools', () => {
    const theirs = {
      '@aws-cdk/core:enablePartitionLiterals': true,
      'availability-zones:account=111122223333:region=us-east-1': ['us-east-1a'],
      'aws:cdk:enable-path-metadata': true,
      'acme:logRetention': 3,
      team: 'relay',
    };
    expect(parseConfig(theirs)).toHaveProperty('config');
    expect(parseConfig(context)).toHaveProperty('config');
  });

  it.each([
    ['catalogs', 'relay:catalogs'],
    ['catalog', 'relay:catalogs'],
    ['Relay:catalogs', 'relay:catalogs'],
    ['realy:catalogs', 'relay:catalogs'],
    ['relay.settleSeconds', 'relay:settleSeconds'],
    ['relay/settle-seconds', 'relay:settleSeconds'],
    ['RELAY_ALARM_EMAIL', 'relay:alarmEmail'],
    ['relaySubnetIds', 'relay:subnetIds'],
  ])('refuses the misspelt key %s and suggests %s', (key, suggestion) => {
    expect(parseConfig({ [key]: 'Sandbox' })).toEqual({
      problems: [`${key} is not a setting; did you mean ${suggestion}?`],
    });
  });

  it.each([
    ['relay:stackName', '2relay', '"2relay"', 'a letter, then letters, digits and hyphens'],
    ['relay:stackName', 'my_relay', '"my_relay"', 'letters, digits and hyphens'],
    ['relay:stackName', 'a'.repeat(129), `"${'a'.repeat(129)}"`, 'up to 128 characters'],
    ['relay:stackName', 'CDKToolkit', '"CDKToolkit"', "not CDKToolkit, the name of CDK's own stack"],
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
    ['relay:concurrency', 9, '9', 'a whole number of invocations from 10 to 1000'],
    ['relay:concurrency', '1001', '"1001"', 'invocations from 10 to 1000'],
    ['relay:readsPerSecond', '0', '"0"', 'reads from 1 to 1000'],
    ['relay:readsPerDay', '10', '"10"', 'reads from 1000 to'],
    ['relay:commands', 'opportunity.delete', '"opportunity.delete"', '<action> or <catalog>:<action>'],
    ['relay:commands', 'opportunity.*', '"opportunity.*"', 'invitation.accept, invitation.reject, '],
    ['relay:commands', 'sandbox:opportunity.update', '"sandbox:opportunity.update"', '<catalog>:<action>'],
    ['relay:commands', 'AWS:opportunity.update:', '"AWS:opportunity.update:"', '<catalog>:<action>'],
    ['relay:commands', 'AWS:', '"AWS:"', '<catalog>:<action>'],
    ['relay:commands', '', '""', 'any number, each once'],
    [
      'relay:commands',
      'invitation.accept,invitation.accept',
      '"invitation.accept,invitation.accept"',
      'once',
    ],
    ['relay:writesPerSecond', '0', '"0"', 'writes from 1 to 1000'],
    ['relay:writesPerDay', '99', '"99"', 'writes from 100 to'],
    ['relay:reconcileMinutes', 0, '0', 'minutes from 1 to 1440'],
    ['relay:fullPassDays', -1, '-1', 'days from 0 to 365'],
    ['relay:expiringDays', 16, '16', 'days from 0 to 15'],
    ['relay:reminders', 'close_date_passed:1', '"close_date_passed:1"', 'close_date_passed, action_required'],
    ['relay:reminders', 'idle', '"idle"', 'idle:<days>, with 1 to 999 days'],
    ['relay:reminders', 'idle:0', '"idle:0"', 'with 1 to 999 days'],
    ['relay:reminders', 'idle:1000', '"idle:1000"', 'with 1 to 999 days'],
    ['relay:reminders', 'idle:1.5', '"idle:1.5"', 'with 1 to 999 days'],
    ['relay:reminders', 'idle:30:2', '"idle:30:2"', 'with 1 to 999 days'],
    ['relay:reminders', 'in-review:10', '"in-review:10"', 'review_overdue:<days>'],
    ['relay:reminders', 'idle:30,idle:30', '"idle:30,idle:30"', 'each once'],
    ['relay:exportHours', 25, '25', 'hours from 0 to 24'],
    ['relay:silenceDays', 0, '0', 'days from 1 to 90'],
    ['relay:rejectedInvitations', 'delete', '"delete"', 'keep or redact'],
    ['relay:alarmEmail', 'on-call', '"on-call"', 'one e-mail address, or none'],
    ['relay:alarmEmail', '', '""', 'one e-mail address, or none'],
    ['relay:alarmEmail', ['a@example.com'], '["a@example.com"]', 'one e-mail address, or none'],
    ['relay:eventBuses', 'partners', '"partners"', 'arn:aws:events:us-east-1:<account>:event-bus/<name>'],
    ['relay:eventBuses', bus, `"${bus}"`, 'event-bus/<name>'],
    ['relay:eventBuses', `${bus}a,${bus}a`, `"${bus}a,${bus}a"`, 'each once'],
    ['relay:eventBuses', `${bus}*`, `"${bus}*"`, 'event-bus/<name>'],
    [
      'relay:eventBuses',
      `${bus}a`.replace('us-east-1', 'eu-west-1'),
      `"${bus}a"`.replace('us-east-1', 'eu-west-1'),
      'in us-east-1',
    ],
    ['relay:allowedCidrs', '10.20.0.0', '"10.20.0.0"', 'network inside 10.0.0.0/8'],
    ['relay:allowedCidrs', '10.20.0.0/33', '"10.20.0.0/33"', 'network inside'],
    ['relay:allowedCidrs', '10.20.0.0/', '"10.20.0.0/"', 'network inside'],
    ['relay:allowedCidrs', '10.0.0.0/7', '"10.0.0.0/7"', 'network inside'],
    ['relay:allowedCidrs', '172.32.0.0/16', '"172.32.0.0/16"', 'network inside'],
    ['relay:allowedCidrs', '169.254.0.0/16', '"169.254.0.0/16"', 'network inside'],
    ['relay:allowedCidrs', '127.0.0.0/8', '"127.0.0.0/8"', 'network inside'],
    ['relay:allowedCidrs', '0.0.0.0/0', '"0.0.0.0/0"', 'network inside'],
    ['relay:allowedCidrs', '::/0', '"::/0"', 'network inside'],
    ['relay:allowedCidrs', 'fe80::/10', '"fe80::/10"', 'network inside'],
    ['relay:allowedCidrs', '::ffff:10.0.0.0/104', '"::ffff:10.0.0.0/104"', 'network inside'],
    ['relay:allowedCidrs', 'receiver.example/24', '"receiver.example/24"', 'network inside'],
    ['relay:subnetIds', 'vpc-0a1b2c3d', '"vpc-0a1b2c3d"', 'subnet-<hexadecimal digits>'],
    [
      'relay:subnetIds',
      seventeenSubnets,
      JSON.stringify(seventeenSubnets),
      'up to 16, each once: subnet-<hexadecimal digits>',
    ],
    [
      'relay:securityGroupIds',
      sixGroups,
      JSON.stringify(sixGroups),
      'up to 5, each once: sg-<hexadecimal digits>',
    ],
    ['relay:securityGroupIds', 'default', '"default"', 'sg-<hexadecimal digits>'],
    ['relay:kmsKeyArn', 'alias/relay', '"alias/relay"', 'ARN of a key in us-east-1, where the stack is'],
    [
      'relay:kmsKeyArn',
      kmsKey.replace(':key/', ':alias/'),
      `"${kmsKey.replace(':key/', ':alias/')}"`,
      ':key/<id>',
    ],
    [
      'relay:kmsKeyArn',
      kmsKey.replace('1111', '111'),
      `"${kmsKey.replace('1111', '111')}"`,
      ':<account>:key/<id>',
    ],
    [
      'relay:kmsKeyArn',
      kmsKey.replace('us-east-1', 'eu-west-1'),
      `"${kmsKey.replace('us-east-1', 'eu-west-1')}"`,
      'ARN of a key in us-east-1, where the stack is',
    ],
    ['relay:logRetentionDays', 42, '42', '30, 60, 90'],
    ['relay:caCertificate', 'ca.pem', '"ca.pem"', 'certificates in PEM'],
    ['relay:caCertificate', notCertificate, JSON.stringify(notCertificate), 'certificates in PEM'],
    ['relay:caCertificate', many, JSON.stringify(many), 'up to 2400 characters'],
    ['relay:logRetentionDays', 9999, '9999', '30, 60, 90'],
    ['relay:logRetentionDays', 'THREE_MONTHS', '"THREE_MONTHS"', '30, 60, 90'],
    ['relay:tableRemoval', 'snapshot', '"snapshot"', 'retain or destroy'],
    ['relay:tableRemoval', null, 'null', 'retain or destroy'],
  ])('refuses %s = %j and names the key, the value and what is allowed', (key, value, printed, allowed) => {
    const parsed = parseConfig({ [key]: value });
    expect(parsed).toEqual({ problems: [expect.stringContaining(`${key} is ${printed}; allowed: `)] });
    expect(parsed).toEqual({ problems: [expect.stringContaining(allowed)] });
  });

  it.each([
    [{ allowedCidrs: '10.0.0.0/8' }, ['relay:allowedCidrs needs relay:subnetIds']],
    [{ caCertificate: certificate }, ['relay:caCertificate needs relay:allowedCidrs']],
    [{ subnetIds: 'subnet-0a1b2c3d' }, ['relay:subnetIds and relay:securityGroupIds need each other']],
    [
      { commands: 'opportunity.update,Sandbox:opportunity.update' },
      ['relay:commands has Sandbox:opportunity.update; allowed: a catalog of relay:catalogs, which is AWS'],
    ],
    [
      { signedCommands: 'yes' },
      ['relay:signedCommands needs relay:commands: it names the actions that clients may ask for'],
    ],
    [
      { commands: 'opportunity.update', concurrency: 13 },
      ['relay:concurrency is 13; allowed: from 14 with relay:commands'],
    ],
    [{ securityGroupIds: 'sg-0a1b2c3d' }, ['relay:subnetIds and relay:securityGroupIds need each other']],
    [
      { reminders: 'idle:30,review_overdue:10,idle:60' },
      ['relay:reminders has idle:30 and idle:60; allowed: each reminder once'],
    ],
  ])(
    'refuses %j, which contradict each other or lack a setting that belongs to them',
    (settings, problems) => {
      const named = Object.fromEntries(
        Object.entries(settings).map(([key, value]) => [`relay:${key}`, value]),
      );
      expect(parseConfig(named)).toEqual({
        problems: problems.map((problem) => expect.stringContaining(problem)),
      });
    },
  );

  it('refuses networks and authorities that are too long together, and names both', () => {
    const networks = Array.from({ length: 200 }, (_, index) => `10.${index}.0.0/16`);
    const parsed = parseConfig({
      'relay:allowedCidrs': networks,
      'relay:subnetIds': 'subnet-0a1b2c3d',
      'relay:securityGroupIds': 'sg-0a1b2c3d',
      'relay:caCertificate': certificate,
    });
    const lengths = `relay:allowedCidrs has 2689 characters and relay:caCertificate has ${certificate.length}`;
    expect(parsed).toEqual({
      problems: [expect.stringContaining(`${lengths}; allowed: 3000 together`)],
    });
  });

  it('refuses an unknown setting and lists the known ones', () => {
    const parsed = parseConfig({ 'relay:catalog': 'AWS' });
    expect(parsed).toEqual({
      problems: [expect.stringMatching(/^relay:catalog is not a setting; did you mean relay:catalogs\?; /)],
    });
    expect(parseConfig({ 'relay:Catalogs': 'AWS' })).toEqual(parseConfig({ 'relay:Catalogs': 'Sandbox' }));
    expect(parseConfig({ 'relay:typo': '' })).toEqual({
      problems: [
        expect.stringMatching(
          /^relay:typo is not a setting; the settings are relay:stackName, relay:catalogs, /,
        ),
      ],
    });
    expect(parsed).toEqual({ problems: [expect.stringContaining('relay:catalogs, relay:settleSeconds')] });
  });

  it('reports every problem together', () => {
    const parsed = parseConfig({ 'relay:catalogs': 'aws', 'relay:tableRemoval': 'keep', 'relay:typo': '' });
    expect(parsed).toEqual({ problems: [expect.any(String), expect.any(String), expect.any(String)] });
  });
});
