import type { Command } from '../app.ts';
import { FuzzySuggestModal } from '../ui/suggest-modal.ts';
import { Platform } from '../platform.ts';

export class CommandPalette extends FuzzySuggestModal<Command> {
  getItems(): Command[] {
    return [...this.app.commands.values()]
      .filter((command) => command.mobileOnly !== true || Platform.isMobile)
      .filter((command) => this.app.canRun(command))
      .sort((one, other) => one.name.localeCompare(other.name));
  }

  getItemText(command: Command): string {
    return command.name;
  }

  onChooseItem(command: Command): void {
    this.app.executeCommandById(command.id);
  }

  override onOpen(): void {
    this.setPlaceholder('Select a command...');
    this.setInstructions([
      { command: '↑↓', purpose: 'to navigate' },
      { command: '↵', purpose: 'to use' },
      { command: 'esc', purpose: 'to dismiss' },
    ]);
  }
}
