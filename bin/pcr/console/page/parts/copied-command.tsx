import { useState } from 'preact/hooks';

/** A command line of `pcr` that does the same as the panel, with a button that copies it. */
export function CopiedCommand({ command }: { readonly command: string }) {
  const [isCopied, setIsCopied] = useState(false);
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(command);
    setIsCopied(true);
    setTimeout(() => setIsCopied(false), 2_000);
  };
  return (
    <span class="command">
      <code>{command}</code>
      <button
        type="button"
        class="quiet"
        aria-label={`${isCopied ? 'Copied' : 'Copy'} ${command}`}
        onClick={() => void copy()}
      >
        {isCopied ? 'Copied' : 'Copy'}
      </button>
    </span>
  );
}
