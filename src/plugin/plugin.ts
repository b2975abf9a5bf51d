import { Plugin } from 'obsidian';

/** The Obsidian shell. It loads and does nothing yet; syncing from the app follows the command. */
export class TwincloudPlugin extends Plugin {}
