import { useEffect, useId, useRef, useState } from 'preact/hooks';
import type { MessageView } from '../../api.ts';
import { ProblemNote } from '../parts/problem-note.tsx';
import { usePolled } from '../polled.ts';

interface MessageButtonProps {
  readonly path: string;
  readonly version: number;
}

/** Opens the message of a version. */
export function MessageButton({ path, version }: MessageButtonProps) {
  const [isOpen, setIsOpen] = useState(false);
  return (
    <>
      <button type="button" aria-label={`Message of version ${version}`} onClick={() => setIsOpen(true)}>
        Message
      </button>
      {isOpen && <MessageDialog path={path} version={version} onClose={() => setIsOpen(false)} />}
    </>
  );
}

/** A message never changes, but an erasure may remove it. */
const refreshMs = 60_000;

function MessageDialog({ path, version, onClose }: MessageButtonProps & { readonly onClose: () => void }) {
  const id = useId();
  const dialog = useRef<HTMLDialogElement>(null);
  const { data, problem } = usePolled<MessageView>(path, refreshMs);
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog ref={dialog} class="wide" aria-labelledby={id} onClose={onClose}>
      <h2 id={id}>Message of version {version}</h2>
      <p class="detail">The whole message. Endpoints may get less of it.</p>
      {problem && <ProblemNote problem={problem} />}
      {data && (
        <>
          <p>
            <code>{data.messageId}</code>
          </p>
          <pre tabIndex={0} aria-label="Body of the message">
            {JSON.stringify(data.body, undefined, 2)}
          </pre>
        </>
      )}
      <div class="buttons">
        <button type="button" onClick={() => dialog.current?.close()}>
          Close
        </button>
      </div>
    </dialog>
  );
}
