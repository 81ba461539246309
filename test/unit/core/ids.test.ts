import { describe, expect, it } from 'vitest';
import {
  deliveryIdOf,
  type EndpointId,
  isDeliveryId,
  isEndpointId,
  isMessageId,
  messageIdOf,
  numberedMessageIdOf,
} from '../../../lambdas/core/ids.ts';
import { cause, versionOf } from '../../builders/versions.ts';

const version = { ...versionOf(), version: 12 };

describe('messageIdOf', () => {
  it('is the same in every run and every release, because receivers store it', () => {
    expect(messageIdOf(version)).toBe(messageIdOf(structuredClone(version)));
    expect(messageIdOf(version)).toBe('msg_14b552258d3fd2bc209bf40a02ed9ba4');
  });

  it('differs by catalog, kind, id and version number', () => {
    const others = [
      version,
      { ...version, catalog: 'Sandbox' },
      { ...version, kind: 'aws-opportunity-summary' as const },
      { ...version, id: 'O12345671' },
      { ...version, id: 'O123456711', version: 2 },
      { ...version, version: 1 },
      { ...version, version: 2 },
    ];
    expect(new Set(others.map(messageIdOf)).size).toBe(others.length);
  });

  it('differs between versions of the same number that say different things', () => {
    const link = { kind: 'engagement', id: 'eng-1', via: 'snapshot' } as const;
    const others = [
      version,
      { ...version, type: 'opportunity.updated' as const },
      { ...version, contentHash: 'another' },
      { ...version, readAt: '2026-03-09T10:00:00.000Z' as const },
      { ...version, cause: { ...cause, eventIds: ['another'] } },
      { ...version, cause: { ...cause, eventTime: '2026-03-09T10:00:00.000Z' as const } },
      { ...version, links: [link] },
      { ...version, links: [{ ...link, id: 'eng-2' }] },
    ];
    expect(new Set(others.map(messageIdOf)).size).toBe(others.length);
  });
});

describe('numberedMessageIdOf', () => {
  it('is the id that earlier releases derived from the record and the number', () => {
    // SHA-256 of "AWS/opportunity/O1234567\n12", the first 32 hex digits.
    expect(numberedMessageIdOf(version)).toBe('msg_bea94dc0ff63fa8a101015609fe52507');
  });
});

describe('deliveryIdOf', () => {
  it('is the same for the same message and endpoint', () => {
    expect(deliveryIdOf(numberedMessageIdOf(version), 'ep_crm')).toBe('dlv_fda604ff28958b963ab70272ba26a30a');
  });

  it('differs between endpoints and between messages', () => {
    const endpoints: EndpointId[] = ['ep_crm', 'ep_crm1', 'ep_slack'];
    const messages = [messageIdOf(version), messageIdOf({ ...version, version: 13 })];
    const ids = messages.flatMap((message) => endpoints.map((endpoint) => deliveryIdOf(message, endpoint)));
    expect(new Set(ids).size).toBe(6);
  });
});

describe('isEndpointId, isMessageId and isDeliveryId', () => {
  it('accept the ids of this project', () => {
    expect(isMessageId(messageIdOf(version))).toBe(true);
    expect(isDeliveryId(deliveryIdOf(messageIdOf(version), 'ep_crm'))).toBe(true);
    expect(isEndpointId('ep_crm')).toBe(true);
    expect(isEndpointId(`ep_${'x'.repeat(64)}`)).toBe(true);
  });

  it.each([
    '',
    'ep_',
    'EP_crm',
    'ep_a b',
    'ep_a/b',
    'ep_crm\n',
    `ep_${'x'.repeat(65)}`,
    'msg_crm',
    5,
    null,
    undefined,
  ])('reject %j as an endpoint id', (value) => expect(isEndpointId(value)).toBe(false));

  const digits = '0123456789abcdef0123456789abcdef';
  it.each([
    digits,
    `msg_${digits.slice(1)}`,
    `msg_${digits}0`,
    `msg_${digits.toUpperCase()}`,
    `dlv_${digits}\n`,
    `ep_${digits}`,
    null,
  ])('reject %j as a message id and as a delivery id', (value) => {
    expect(isMessageId(value)).toBe(false);
    expect(isDeliveryId(value)).toBe(false);
  });

  it('reject ids of another kind', () => {
    expect(isMessageId(`dlv_${digits}`)).toBe(false);
    expect(isDeliveryId(`msg_${digits}`)).toBe(false);
  });
});
