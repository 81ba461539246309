/**
 * Asks once per key and gives everybody the same answer, a failure too: for one batch, in which ten messages ask for one
 * endpoint. It forgets nothing, so it must not outlive the invocation.
 */
export function memoize<Key, Answer>(ask: (key: Key) => Promise<Answer>): (key: Key) => Promise<Answer> {
  const answers = new Map<Key, Promise<Answer>>();
  return (key) => {
    const answer = answers.get(key) ?? ask(key);
    answers.set(key, answer);
    return answer;
  };
}
