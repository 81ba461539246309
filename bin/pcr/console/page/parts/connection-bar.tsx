import { useConnection } from '../connection.ts';

/** Says that the server does not answer, as long as it does not. */
export function ConnectionBar() {
  const connection = useConnection();
  return (
    <div role="alert">
      {connection === 'unreachable' && (
        <p class="connection-bar">
          The server of this page does not answer. What you see may be old. Is <code>pcr console</code> still
          running? The page tries again by itself.
        </p>
      )}
    </div>
  );
}
