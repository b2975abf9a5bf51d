import * as commands from '@codemirror/commands';
import * as language from '@codemirror/language';
import * as state from '@codemirror/state';
import * as view from '@codemirror/view';
import * as highlight from '@lezer/highlight';
import { App } from './app.ts';
import { absent } from './absent.ts';
import type { HostConfig } from './config.ts';
import { DeviceState } from './device-state.ts';
import { installDomExtensions } from './dom/extensions.ts';
import { HostHandle } from './handle.ts';
import { MetadataCache } from './metadata-cache.ts';
import { native } from './net/native.ts';
import { RequestLedger } from './net/request-ledger.ts';
import { RequestSocket } from './net/request-socket.ts';
import { makeRequestUrl } from './net/request-url.ts';
import * as obsidian from './obsidian.ts';
import { Platform, becomeDevice } from './platform.ts';
import { PluginLoader } from './plugin-loader.ts';
import { RemoteDisk } from './remote-disk.ts';
import { SecretStorage } from './secret-storage.ts';
import { Shell } from './shell/shell.ts';
import { failOnAbsent } from './strict.ts';
import { FileManager } from './vault/file-manager.ts';
import { Vault } from './vault/vault.ts';

declare global {
  interface Window {
    /** For whoever drives the page. */
    host: HostHandle;
  }
}

/** Modules that the app lends to plugins. A name that is not here is an error. */
function makeRequire(modules: Readonly<Record<string, object>>): (name: string) => unknown {
  return (name) => {
    const module = Object.hasOwn(modules, name) ? modules[name] : undefined;
    if (module === undefined) throw new Error(`Cannot find module '${name}'`);
    return module;
  };
}

/** Reading a name that the host does not export says so, by way of a copy that a bundler made of the module, too. */
function namedModule(name: string, module: object): object {
  const strict = new Proxy(Object.create(null) as object, {
    get: (_target, key): unknown =>
      typeof key === 'symbol' || USUAL_OF_MODULES.has(key)
        ? undefined
        : absent(`export "${key}" in "${name}"`),
  });
  return Object.assign(Object.create(strict) as object, module);
}

const USUAL_OF_MODULES = new Set(['__esModule', 'default', 'then', 'hasOwnProperty']);

function socketUrl(name: 'disk' | 'requests'): string {
  return `${location.origin.replace('http', 'ws')}/host/${name}`;
}

async function start(): Promise<void> {
  const startMs = performance.now();
  installDomExtensions(window);
  const config = (await (await native.fetch('/host/config')).json()) as HostConfig;
  becomeDevice(config.kind);
  const device = new DeviceState({ mobile: Platform.isMobile });
  device.install(window);
  const ledger = new RequestLedger();
  if (Platform.isMobile) ledger.limitBytes = config.bodyLimitBytes;
  const vault = new Vault({
    disk: new RemoteDisk(socketUrl('disk')),
    name: config.vaultName,
    configDir: config.configDir,
    traps: config.traps,
    resourceUrl: (path) =>
      `${location.origin}/host/resource/${path.split('/').map(encodeURIComponent).join('/')}`,
  });
  for (const [type, name] of [
    [App, 'App'],
    [Vault, 'Vault'],
    [FileManager, 'FileManager'],
    [obsidian.Workspace, 'Workspace'],
    [obsidian.WorkspaceLeaf, 'WorkspaceLeaf'],
    [obsidian.FileSystemAdapter, 'DataAdapter'],
    [obsidian.Editor, 'Editor'],
    [SecretStorage, 'SecretStorage'],
  ] as const)
    failOnAbsent(type, name);
  const app = new App({
    vault,
    fileManager: new FileManager(vault),
    secretStorage: new SecretStorage(localStorage, config.deviceId),
    metadataCache: new MetadataCache(),
    appId: config.appId,
    storage: localStorage,
  });
  for (const [name, secret] of Object.entries(config.secrets)) app.secretStorage.setSecret(name, secret);
  Object.assign(window, { app });
  const plugins = new PluginLoader(
    app,
    makeRequire({
      obsidian: namedModule('obsidian', {
        ...obsidian,
        requestUrl: makeRequestUrl({
          state: device,
          ledger,
          socket: new RequestSocket(socketUrl('requests')),
        }),
      }),
      '@codemirror/commands': commands,
      '@codemirror/language': language,
      '@codemirror/state': state,
      '@codemirror/view': view,
      '@lezer/highlight': highlight,
    }),
  );
  const shell = new Shell({ app, plugins, config });
  app.setting = shell.settings;
  window.host = new HostHandle({ app, plugins, shell, device, ledger, config });
  await window.host.start(startMs);
}

start().catch((error: unknown) => {
  document.body.textContent = `The host could not start: ${String(error)}`;
  throw error;
});
