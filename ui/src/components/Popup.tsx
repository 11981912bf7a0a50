import { Popover } from 'radix-ui';
import type { ReactElement, ReactNode } from 'react';

/** A small pane at its button, for a few fields. */
export function Popup({
  name,
  trigger,
  open,
  onOpenChange,
  children,
}: {
  name: string;
  trigger: ReactElement;
  open: boolean;
  onOpenChange: (open: boolean) => void;
  children: ReactNode;
}) {
  return (
    <Popover.Root open={open} onOpenChange={onOpenChange}>
      <Popover.Trigger asChild>{trigger}</Popover.Trigger>
      <Popover.Portal>
        <Popover.Content
          aria-label={name}
          align="start"
          sideOffset={5}
          collisionPadding={8}
          className="z-50 rounded-lg border border-line bg-raised shadow-pop outline-none"
        >
          {children}
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}
