import { type Break, breaks as chaosBreaks } from '../chaos/breaks.ts';
import { breaksOfCommands } from './breaks-of-commands.ts';

/**
 * Breaks of chaos whose safeguard is in an adapter. The simulation has no adapters: the fake is
 * broken in the same way. Undefined: the simulation cannot show this break.
 */
const belowThePorts: Readonly<Record<string, Break | undefined>> = {
  'write-condition': {
    what: 'a version is written even if another worker has written one meanwhile',
    replacements: [
      {
        file: '../test/fakes/in-memory-record-store.ts',
        from: 'if (isErased || !isCurrent(before, found)) {',
        to: 'if (version.version < 1) {',
      },
    ],
  },
  lease: {
    what: 'a delivery can be claimed while another worker has its lease',
    replacements: [
      {
        file: '../test/fakes/in-memory-delivery-store.ts',
        from: '        (row) => isDue(row, now),\n        ({ attemptNumber }) => ({',
        to: "        (row) => row.status === 'pending',\n        ({ attemptNumber }) => ({",
      },
    ],
  },
  quota: {
    what: 'reads are made without acquiring a permit',
    replacements: [
      {
        file: '../local/simulation/partner-central.ts',
        from: '        await quota.acquirePermit();\n',
        to: '',
      },
    ],
  },
  'webhook-id': {
    what: 'a message gets a new id with each attempt',
    replacements: [
      {
        file: 'core/webhook-request.ts',
        from: 'const { id, body } = messageOf(version, form);',
        // Not from the clock of the machine: a seed is also played alike without a safeguard.
        to: 'const { body } = messageOf(version, form);\n  const id = `msg_${nowSeconds.toString(16)}${version.messageId.slice(12)}`;',
      },
    ],
  },
  canary: {
    what: 'a payload is logged',
    replacements: [
      {
        file: 'hydrate/compose.ts',
        from: '    records,\n    lines,\n    clock,\n    outboxGraceMs',
        to: `    records: {
      ...records,
      commit: (...args) => {
        log.warn('solutions.unlisted', { stored: JSON.stringify(args[1].payload) });
        return records.commit(...args);
      },
    },
    lines,
    clock,
    outboxGraceMs`,
      },
    ],
  },
  // The transport is below the port.
  'idle-reset': undefined,
  'odd-answers': undefined,
};

/** Breaks of safeguards against faults that only the simulation has. */
const ownBreaks: Readonly<Record<string, Break>> = {
  'short-lease': {
    what: 'the lease of a delivery ends while its worker may still send',
    replacements: [
      {
        file: 'deliver/compose.ts',
        from: 'leaseAttempts * Math.max(longestAttemptMs * timeScale, leastAttemptTimeoutMs)',
        to: '0.005 * leaseAttempts * Math.max(longestAttemptMs * timeScale, leastAttemptTimeoutMs)',
      },
    ],
  },
  'module-memory': {
    what: 'a worker of deliver remembers endpoints as long as its environment lives',
    replacements: [
      {
        file: 'deliver/compose.ts',
        from: '  return (event) => {\n',
        to: '  const remembered = memoize((id: EndpointId) => endpoints.find(id));\n  return (event) => {\n',
      },
      {
        file: 'deliver/compose.ts',
        from: 'find: memoize((id: EndpointId) => endpoints.find(id)) }',
        to: 'find: remembered }, readEndpoint: remembered',
      },
    ],
  },
  'unfinished-version': {
    what: 'a writer does not finish the version of a crashed one before its own',
    replacements: [
      {
        file: 'records/append.ts',
        from: 'if (before) await finishVersion(before, deps);',
        to: 'if (before && before.version < 1) await finishVersion(before, deps);',
      },
    ],
  },
  'one-secret': {
    what: 'messages are signed with the newest secret only',
    replacements: [
      {
        file: 'adapters/read-secrets.ts',
        from: 'const secrets = [current, previous].flatMap(',
        to: 'const secrets = [current].flatMap(',
      },
    ],
  },
  'secret-memory': {
    what: 'a worker remembers secrets as long as its environment lives',
    replacements: [
      {
        file: 'adapters/secrets-manager-secret-store.ts',
        from: 'const secretsCachedMs = 300_000;',
        to: 'const secretsCachedMs = 300_000_000;',
      },
    ],
  },
  'kept-parked': {
    what: 'events of unknown types are parked with what needs an operator',
    replacements: [
      {
        file: 'quarantine/quarantine.ts',
        from: 'await kept.park(message.body',
        to: 'await parked.park(message.body',
      },
    ],
  },
  'first-attempt-twice': {
    what: 'the first attempt of a delivery can be claimed by two workers',
    replacements: [
      {
        file: '../test/fakes/in-memory-delivery-store.ts',
        from: 'if (row && !isOwn) return undefined;',
        to: 'if (row && !isOwn && !isFirstAttempt(row)) return undefined;',
      },
    ],
  },
  'intent-deleted-early': {
    what: 'an intent is deleted although other recipients are in their first attempts',
    replacements: [
      {
        file: 'deliver/end-first-attempt.ts',
        from: 'const isOver = states.every(',
        to: 'const isOver = states.some(',
      },
    ],
  },
  'late-sweep': {
    what: 'the sweep does not signal a delivery before it has been due for a month',
    replacements: [
      {
        file: 'sweep/sweep.ts',
        from: 'return Math.max(30_000 * timeScale, 3_000);',
        to: 'return Math.max(3_000_000_000 * timeScale, 3_000);',
      },
    ],
  },
};

/** Breaks of safeguards against what people do in the middle of a storm. */
const breaksOfDeeds: Readonly<Record<string, Break>> = {
  'erasure-first-read': {
    what: 'an erasure does not look for what was stored for the first time meanwhile',
    replacements: [
      {
        file: '../bin/pcr/erase/erase.ts',
        from: 'if (await appendErased(key, deps)) await',
        to: 'if (keys.length === 0) await',
      },
    ],
  },
  'erasure-cancels-all': {
    what: 'a repeated erasure cancels the deliveries of the erased version too',
    replacements: [
      {
        file: '../bin/pcr/erase/erase.ts',
        from: 'isOpen && (version === undefined ||',
        to: 'isOpen && (version !== 0 ||',
      },
    ],
  },
  'rows-expire-early': {
    what: 'deliveries are deleted while messages about their versions can still come',
    replacements: [
      {
        file: 'adapters/delivery-item.ts',
        from: 'const keptMs = 30 * 24',
        to: 'const keptMs = 5 * 24',
      },
    ],
  },
  'expired-predecessor': {
    what: 'a delivery waits for the delivery of the version before even if it was deleted',
    replacements: [
      {
        file: 'deliver/predecessor.ts',
        from: 'return added && { id, state: added };',
        to: "return { id, state: added ?? 'not-fanned-out' };",
      },
    ],
  },
  'unreadable-blocks-order': {
    what: 'a delivery waits for an unreadable one before it',
    replacements: [
      {
        file: 'deliver/next-step.ts',
        from: "return status !== 'pending' && status !== 'held';",
        to: "return status !== 'pending' && status !== 'held' && status !== 'unreadable';",
      },
    ],
  },
  'unreadable-endpoint-skipped': {
    what: 'an endpoint whose item cannot be read gets no delivery',
    replacements: [
      {
        file: 'fan-out/recipients.ts',
        from: 'return [...readable, ...undecided];',
        to: 'return undecided.length < 0 ? undecided : readable;',
      },
    ],
  },
  'unreadable-event-dropped': {
    what: 'an event that needs an unreadable record is deleted instead of parked',
    replacements: [
      {
        file: 'hydrate/postpone-or-park.ts',
        from: '  if (isListed) {\n',
        to: "  if (isListed || code === 'record.unreadable') {\n",
      },
    ],
  },
  'gate-trusted': {
    what: 'an edited gate holds everything up for as long as it says',
    replacements: [
      {
        file: 'core/endpoint-gate.ts',
        from: 'msOf(instant) <= nowMs + ms + maxClockSkewMs;',
        to: 'msOf(instant) <= nowMs + ms + maxClockSkewMs * 1_000_000;',
      },
    ],
  },
  'pass-trusted': {
    what: 'an edited pass is due only when it says, however late that is',
    replacements: [
      {
        file: 'reconcile/reconcile.ts',
        from: 'addMs(now, timing.intervalMs + longestWaitMs);',
        to: 'addMs(now, timing.intervalMs + longestWaitMs * 1_000);',
      },
    ],
  },
  'reminder-forgotten': {
    what: 'a reminder is announced by every pass',
    replacements: [
      {
        file: 'core/reminder.ts',
        from: 'state.announcedReminders?.[name] === since ?',
        to: "since === undefined || state.announcedReminders?.[name] === '' ?",
      },
    ],
  },
  'reminder-remembered': {
    what: 'a reminder that was announced once is never announced again',
    replacements: [
      {
        file: 'core/reminder.ts',
        from: 'state.announcedReminders?.[name] === since ?',
        to: 'state.announcedReminders?.[name] !== undefined ?',
      },
    ],
  },
};

/** All breaks by name. */
export const breaks: Readonly<Record<string, Break>> = {
  ...Object.fromEntries(
    Object.entries(chaosBreaks).flatMap(([name, given]) => {
      const broken = name in belowThePorts ? belowThePorts[name] : given;
      return broken ? [[name, broken]] : [];
    }),
  ),
  ...ownBreaks,
  ...breaksOfDeeds,
  ...breaksOfCommands,
};
