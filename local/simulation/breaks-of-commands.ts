import type { Break } from '../chaos/breaks.ts';

/** Breaks of the safeguards of commands. */
export const breaksOfCommands: Readonly<Record<string, Break>> = {
  'write-quota': {
    what: 'writes are made without acquiring a permit',
    replacements: [
      {
        file: '../local/simulation/partner-writes.ts',
        from: '        await quota.acquirePermit();\n',
        to: '',
      },
    ],
  },
  'no-read-back': {
    what: 'a call whose end is unknown counts as one that did nothing',
    replacements: [
      {
        file: 'act/send-command.ts',
        from: "  if (result.kind === 'unknown') return restFor('unknown', deps);\n",
        to: '',
      },
    ],
  },
  'expire-open-call': {
    what: 'a command expires or is cancelled although its call may still arrive',
    replacements: [
      {
        file: 'act/take-step.ts',
        from: '  if (line.openCall) return settleOpenCall(work, line.openCall, deps);\n  const over = tickets.find((ticket) => isTicketOver(ticket, deps));\n',
        to: '  const over = tickets.find((ticket) => isTicketOver(ticket, deps));\n  if (line.openCall && !over) return settleOpenCall(work, line.openCall, deps);\n',
      },
    ],
  },
  'stored-base': {
    what: 'an update is based on what is stored, which may be erased',
    replacements: [
      {
        file: 'act/read-target.ts',
        from: "  return { kind: 'read', payload, beganAt, isBehind:",
        to: "  return { kind: 'read', payload: known?.payload ?? payload, beganAt, isBehind:",
      },
    ],
  },
  'order-by-index': {
    what: 'the commands of a line have no order',
    replacements: [
      {
        file: '../test/fakes/in-memory-command-store.ts',
        from: '.toSorted((a, b) => a.number - b.number)',
        to: '.toSorted((a, b) => (a.commandId < b.commandId ? -1 : 1))',
      },
    ],
  },
  'no-second-look': {
    what: 'a refusal is not judged on a read that follows it',
    replacements: [
      {
        file: 'act/send-command.ts',
        from: "  if (result.kind === 'refused') work.refusal = { number, timestamp, result };\n",
        to: "  if (result.kind === 'refused') return endCommand(work, command, { status: 'failed', code: 'refused' }, deps);\n",
      },
      {
        file: 'act/send-command.ts',
        from: '  { ticket: { number } }: CommandWithContent,\n',
        to: '  command: CommandWithContent,\n',
      },
      { file: 'act/send-command.ts', from: '  { timestamp }: LineCall,\n', to: '  _call: LineCall,\n' },
    ],
  },
  'shared-token': {
    what: 'all acceptances have the same token',
    replacements: [
      {
        file: 'core/command-call.ts',
        from: "[client, key, acceptedAt, String(generation)].join('\\n')",
        to: "'one'",
      },
    ],
  },
  'token-per-attempt': {
    what: 'each attempt of a request has a token of its own',
    replacements: [
      {
        file: 'act/send-with-token.ts',
        from: "  return callWithToken(work, command, tokenRequest, repeated, !isCreation || found !== 'absent', deps);\n",
        to: "  const fresh = { ...tokenRequest, body: withToken(tokenRequest.body, command.state, deps.clock.nowMs()) };\n  return callWithToken(work, command, fresh, repeated, !isCreation || found !== 'absent', deps);\n",
      },
    ],
  },
  'move-in-two-steps': {
    what: 'a command leaves the line of its create before it is in the line of its opportunity',
    replacements: [
      {
        file: '../test/fakes/in-memory-command-store.ts',
        from: '      if (to.ticket) putTickets(to.line, [...ticketsOf(to.line), [to.number, deepFreeze(to.ticket)]]);\n      put(signalled(stored ?? { ...to.line, answered }, version.readAt));\n      await records.commit(before, version, intentDueAt);\n',
        to: '      await records.commit(before, version, intentDueAt);\n      if (version.payload.number % 2 === 1) return "lost";\n      if (to.ticket) putTickets(to.line, [...ticketsOf(to.line), [to.number, deepFreeze(to.ticket)]]);\n      put(signalled(stored ?? { ...to.line, answered }, version.readAt));\n',
      },
    ],
  },
  'sdk-serializer': {
    what: 'an update sends only the members that the SDK knows',
    replacements: [
      {
        file: 'core/update-request.ts',
        from: 'filter(([name]) => !readOnly.has(name))',
        to: "filter(([name]) => !readOnly.has(name) && name !== 'FutureMember')",
      },
    ],
  },
  'no-echo-of-status': {
    what: 'an update leaves ReviewStatus out',
    replacements: [
      {
        file: 'core/update-request.ts',
        from: "  return { body: { ...patched, Identifier: base['Id'] ?? null } };\n",
        to: "  const { ReviewStatus: _, ...LifeCycle } = patched['LifeCycle'];\n  return { body: { ...patched, LifeCycle, Identifier: base['Id'] ?? null } };\n",
      },
    ],
  },
  'mark-on-current': {
    what: 'a worker writes the whole line as it has read it, so that marks of others are lost',
    replacements: [
      {
        file: '../test/fakes/in-memory-command-store.ts',
        from: '      put(changed(line, change));\n      if (token)',
        to: '      put(changed(claimed.line, change));\n      if (token)',
      },
    ],
  },
  'line-lease': {
    what: 'a line can be claimed while another worker has its lease',
    replacements: [
      {
        file: '../test/fakes/in-memory-command-store.ts',
        from: 'if (line?.dueAt === undefined || line.dueAt > now) return undefined;',
        to: 'if (line?.dueAt === undefined) return undefined;',
      },
    ],
  },
  'call-not-on-line': {
    what: 'a call is not on its line before it is made',
    replacements: [
      {
        file: 'act/send-command.ts',
        from: '  if (!(await tryUpdate(work, { openCall: call }, deps))) return lost;\n',
        to: '',
      },
    ],
  },
  'line-sweep': {
    what: 'due lines are not signalled again',
    replacements: [
      {
        file: 'sweep/sweep.ts',
        from: '    commands ? commands.lines.dueLines(lostSince, mostRows) : [],\n',
        to: '    [],\n',
      },
    ],
  },
  'no-conflict': {
    what: 'a command replaces what others have changed since, although it must not overwrite',
    replacements: [
      {
        file: 'core/judge.ts',
        from: "  if (overwrites.length > 0 && wish.onConflict === 'fail')\n    return { kind: 'failed', code: 'conflict', conflicts: overwrites.map((path) => ({ path })) };\n",
        to: '',
      },
    ],
  },
  'no-echo-check': {
    what: 'no version is recognized as an echo',
    replacements: [{ file: 'core/echo.ts', from: '    ...(echoes.length > 0 && { echoes }),\n', to: '' }],
  },
  'echo-of-others': {
    what: 'a version is an echo although others have changed it too',
    replacements: [{ file: 'core/echo.ts', from: '  if (!isWhole) return [];\n', to: '' }],
  },
  'no-permission': {
    what: 'a client may change what its definition does not allow',
    replacements: [
      {
        file: 'commands/permit-command.ts',
        from: '    ...pathProblems(client, request.content),\n',
        to: '',
      },
    ],
  },
  'no-approval': {
    what: 'a command does not wait for the approval that the definition of its client asks for',
    replacements: [
      {
        file: 'commands/permit-command.ts',
        from: "=== 'always' : approval.includes(action);",
        to: "=== 'always' : false;",
      },
    ],
  },
};
