import { useState } from 'preact/hooks';

const longest = 140;

/** A text that is cut if it is long, with a button that displays the rest. */
export function LongText({ text }: { readonly text: string }) {
  const [isWhole, setIsWhole] = useState(false);
  if (text.length <= longest) return <span class="value">{text}</span>;
  return (
    <span class="value">
      {isWhole ? text : `${text.slice(0, longest)}…`}{' '}
      <button type="button" class="quiet" aria-expanded={isWhole} onClick={() => setIsWhole(!isWhole)}>
        {isWhole ? 'Show less' : 'Show all'}
      </button>
    </span>
  );
}
