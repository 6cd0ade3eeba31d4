/** A menu behind its button. Entries that cannot be used now say why. */
import { DropdownMenu } from 'radix-ui';
import { cn } from './class-names.ts';
import { KeyCap } from './key-cap.tsx';
import type { MenuEntry, MenuProps } from './menu.tsx';

/** Open from the beginning: it is asked for by who opens it. */
export default function MenuView({ trigger, groups }: MenuProps) {
  return (
    <DropdownMenu.Root modal={false} defaultOpen>
      <DropdownMenu.Trigger asChild>{trigger}</DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content
          align="end"
          sideOffset={4}
          collisionPadding={8}
          className="z-50 max-h-(--radix-dropdown-menu-content-available-height) min-w-48 overflow-auto rounded-lg border border-line-strong bg-raised p-1 shadow-lg"
        >
          {groups.map((entries, at) => (
            <DropdownMenu.Group key={at}>
              {at > 0 && <DropdownMenu.Separator className="my-1 h-px bg-line" />}
              {entries.map((entry) => (
                <Entry key={entry.label} {...entry} />
              ))}
            </DropdownMenu.Group>
          ))}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}

function Entry({ label, icon, shortcut, why, danger = false, act }: MenuEntry) {
  return (
    <DropdownMenu.Item
      onSelect={(event) => (why === undefined ? act() : event.preventDefault())}
      aria-disabled={why !== undefined}
      className={cn(
        'flex items-center gap-2 rounded-(--radius) px-2 py-1.5 text-sm outline-none data-highlighted:bg-hover',
        danger && 'text-fail',
        why !== undefined && 'text-quiet',
      )}
    >
      {icon}
      <span className="flex-1">
        {label}
        {why !== undefined && <span className="block max-w-72 text-xs">{why}</span>}
      </span>
      {shortcut !== undefined && <KeyCap>{shortcut}</KeyCap>}
    </DropdownMenu.Item>
  );
}
