import { Check } from 'lucide-react';
import { DropdownMenu } from 'radix-ui';
import type { ReactElement, ReactNode } from 'react';

export interface Choice<T extends string> {
  value: T;
  label: string;
}

/** A button with one choice of several. Not modal: the page stays alive, and nothing injects styles. */
export function ChoiceMenu<T extends string>({
  label,
  choices,
  value,
  onChoose,
  children,
}: {
  label: string;
  choices: ReadonlyArray<Choice<T>>;
  value: T;
  onChoose: (value: T) => void;
  children: ReactElement;
}) {
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger asChild>{children}</DropdownMenu.Trigger>
      <Panel>
        <DropdownMenu.Label className="eyebrow px-2 pt-1 pb-1.5">{label}</DropdownMenu.Label>
        <DropdownMenu.RadioGroup value={value} onValueChange={(v) => onChoose(v as T)}>
          {choices.map((choice) => (
            <DropdownMenu.RadioItem key={choice.value} value={choice.value} className={ITEM}>
              <span className="inline-flex w-4 shrink-0">
                <DropdownMenu.ItemIndicator>
                  <Check size={13} aria-hidden />
                </DropdownMenu.ItemIndicator>
              </span>
              {choice.label}
            </DropdownMenu.RadioItem>
          ))}
        </DropdownMenu.RadioGroup>
      </Panel>
    </DropdownMenu.Root>
  );
}

const ITEM =
  'flex cursor-pointer items-center gap-1.5 rounded-md py-1 pr-4 pl-1.5 text-sm text-ink outline-none select-none data-highlighted:bg-hover data-disabled:text-ink-3';

function Panel({ children }: { children: ReactNode }) {
  return (
    <DropdownMenu.Portal>
      <DropdownMenu.Content
        align="start"
        sideOffset={5}
        collisionPadding={8}
        className="z-50 max-h-96 min-w-44 overflow-y-auto rounded-lg border border-line bg-raised p-1 shadow-pop"
      >
        {children}
      </DropdownMenu.Content>
    </DropdownMenu.Portal>
  );
}

/** A button with several acts. */
export function ActionMenu({
  children,
  label,
  actions,
}: {
  children: ReactElement;
  /** Above the acts: what they are about. */
  label?: ReactNode;
  actions: ReadonlyArray<{ label: string; icon?: ReactNode; onSelect: () => void }>;
}) {
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger asChild>{children}</DropdownMenu.Trigger>
      <Panel>
        {label && (
          <DropdownMenu.Label className="mb-1 max-w-56 border-b border-line px-2 pt-1 pb-1.5">
            {label}
          </DropdownMenu.Label>
        )}
        {actions.map((action) => (
          <DropdownMenu.Item key={action.label} onSelect={action.onSelect} className={ITEM}>
            <span className="inline-flex w-4 shrink-0 text-ink-3">{action.icon}</span>
            {action.label}
          </DropdownMenu.Item>
        ))}
      </Panel>
    </DropdownMenu.Root>
  );
}
