import { useState } from 'preact/hooks';
import type { ActionRequest } from '../../api.ts';
import { performAction } from '../action-report.ts';
import { type Confirmation, ConfirmDialog } from './confirm-dialog.tsx';

interface ActionButtonProps {
  readonly label: string;
  /** What is done, with its object and the label: `Retry the delivery of version 3 to ep_crm`. */
  readonly title: string;
  /** Makes the request from the value that the user typed into the confirmation. */
  readonly request: (value: string) => ActionRequest;
  /** @default the action starts at once */
  readonly confirmation?: Confirmation | undefined;
}

/** A button that has the server do something, after a confirmation if it needs one. */
export function ActionButton({ label, title, request, confirmation }: ActionButtonProps) {
  const [isOpen, setIsOpen] = useState(false);
  const [isWorking, setIsWorking] = useState(false);
  const perform = async (value: string): Promise<void> => {
    setIsWorking(true);
    await performAction(request(value), title);
    setIsWorking(false);
  };
  const press = (): void => {
    if (isWorking) return;
    if (confirmation) setIsOpen(true);
    else void perform('');
  };
  return (
    <>
      <button type="button" aria-label={title} aria-disabled={isWorking} title={title} onClick={press}>
        {label}
      </button>
      {confirmation && isOpen && (
        <ConfirmDialog
          {...confirmation}
          onConfirm={(value) => void perform(value)}
          onClose={() => setIsOpen(false)}
        />
      )}
    </>
  );
}
