import { useEffect, useId, useRef, useState } from 'preact/hooks';

/** A value that the user types before the action. */
export interface Question {
  readonly label: string;
  readonly initial: string;
  /** What is allowed, in words. */
  readonly hint: string;
}

export interface Confirmation {
  readonly title: string;
  /** What happens, in whole sentences. */
  readonly text: string;
  /** What the button says: a verb. */
  readonly verb: string;
  readonly isDangerous?: boolean | undefined;
  readonly question?: Question | undefined;
}

interface ConfirmDialogProps extends Confirmation {
  readonly onConfirm: (value: string) => void;
  readonly onClose: () => void;
}

/** Asks before an action. Escape and Cancel close it; the focus returns to where it was. */
export function ConfirmDialog({ onConfirm, onClose, ...confirmation }: ConfirmDialogProps) {
  const { title, text, verb, isDangerous = false, question } = confirmation;
  const id = useId();
  const dialog = useRef<HTMLDialogElement>(null);
  const [value, setValue] = useState(question?.initial ?? '');
  useEffect(() => dialog.current?.showModal(), []);
  const submit = (event: Event): void => {
    event.preventDefault();
    dialog.current?.close();
    onConfirm(value.trim());
  };
  return (
    <dialog ref={dialog} aria-labelledby={id} onClose={onClose}>
      <form onSubmit={submit}>
        <h2 id={id}>{title}</h2>
        <p>{text}</p>
        {question && (
          <label class="field">
            {question.label}
            <input required value={value} onInput={({ currentTarget }) => setValue(currentTarget.value)} />
            <span class="detail">{question.hint}</span>
          </label>
        )}
        <div class="buttons">
          <button type="button" onClick={() => dialog.current?.close()}>
            Cancel
          </button>
          <button type="submit" class={isDangerous ? 'danger' : 'primary'}>
            {verb}
          </button>
        </div>
      </form>
    </dialog>
  );
}
