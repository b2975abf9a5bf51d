import type { App } from './app.ts';
import { Plugin, type PluginManifest } from './plugin.ts';

type Require = (name: string) => unknown;

/** Enables, disables and reloads plugins that lie in the vault, as the app does. */
export class PluginLoader {
  readonly #app: App;
  readonly #require: Require;
  readonly #loaded = new Map<string, Plugin>();
  readonly #styles = new Map<string, HTMLStyleElement>();
  /** Milliseconds that `onload` took, as the app shows them, by plugin. */
  readonly startupMs = new Map<string, { evaluate: number; onload: number }>();

  constructor(app: App, require: Require) {
    this.#app = app;
    this.#require = require;
    app.vault.on('raw', (path) => {
      this.#dataMayHaveChanged(String(path));
    });
  }

  get(id: string): Plugin | undefined {
    return this.#loaded.get(id);
  }

  async enable(id: string, byUser = false): Promise<void> {
    if (this.#loaded.has(id)) return;
    const { adapter, configDir } = this.#app.vault;
    const dir = `${configDir}/plugins/${id}`;
    const manifest = JSON.parse(await adapter.read(`${dir}/manifest.json`)) as PluginManifest;
    const code = await adapter.read(`${dir}/main.js`);
    if (await adapter.exists(`${dir}/styles.css`))
      this.#styles.set(id, this.#addStyle(await adapter.read(`${dir}/styles.css`)));
    const startMs = performance.now();
    const PluginClass = this.#evaluate(code, id);
    const evaluate = performance.now() - startMs;
    const plugin = new PluginClass(this.#app, { ...manifest, dir });
    this.#loaded.set(id, plugin);
    await plugin.load();
    this.startupMs.set(id, { evaluate, onload: performance.now() - startMs - evaluate });
    if (byUser) plugin.onUserEnable();
  }

  disable(id: string): void {
    const plugin = this.#loaded.get(id);
    this.#loaded.delete(id);
    plugin?.unload();
    this.#styles.get(id)?.detach();
    this.#styles.delete(id);
  }

  #evaluate(code: string, id: string): new (app: App, manifest: PluginManifest) => Plugin {
    const module: { exports: { default?: unknown } } = { exports: {} };
    // As the app evaluates what it loaded; only this test host does so.
    // eslint-disable-next-line @typescript-eslint/no-implied-eval, @typescript-eslint/no-unsafe-call
    new Function('require', 'module', 'exports', `${code}\n//# sourceURL=plugin:${id}`)(
      this.#require,
      module,
      module.exports,
    );
    const found = module.exports.default ?? module.exports;
    if (typeof found !== 'function' || !(found.prototype instanceof Plugin))
      throw new Error(`Plugin ${id}: main.js exports no class that extends Plugin.`);
    return found as new (app: App, manifest: PluginManifest) => Plugin;
  }

  #addStyle(css: string): HTMLStyleElement {
    const style = document.createElement('style');
    style.textContent = css;
    document.head.appendChild(style);
    return style;
  }

  #dataMayHaveChanged(path: string): void {
    for (const plugin of this.#loaded.values())
      if (path === `${plugin.manifest.dir ?? ''}/data.json` && plugin._savingData === 0)
        plugin.onExternalSettingsChange?.();
  }
}
