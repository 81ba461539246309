import { useEffect, useState } from 'preact/hooks';

/** What the last answer of the server says about the connection. */
export type Connection = 'ok' | 'unreachable' | 'refused';

let connection: Connection = 'ok';
const listeners = new Set<(next: Connection) => void>();

export function reportConnection(next: Connection): void {
  if (next === connection) return;
  connection = next;
  for (const listener of listeners) listener(next);
}

export function useConnection(): Connection {
  const [current, setCurrent] = useState(connection);
  useEffect(() => {
    listeners.add(setCurrent);
    setCurrent(connection);
    return () => void listeners.delete(setCurrent);
  }, []);
  return current;
}
