import { createScope } from '../core/policy/scope.ts';
import type { ContentHash } from '../core/model/ids.ts';
import type { VaultPath } from '../core/model/vault-path.ts';
import type { EngineDeps, Problem, SyncOptions } from './api.ts';
import { Cloud } from './cloud/cloud.ts';
import { refresh, type Refreshed } from './cloud/remote-view.ts';
import { recoverLocal, unsettledPaths } from './execute/recover.ts';
import { Run } from './execute/run.ts';
import type { VaultListing } from './ports.ts';
import type { LocalView } from './scan/local-view.ts';
import { dayOf, scan } from './scan/scan.ts';
import { listingHash } from './seal.ts';
import type { DeviceState } from './state.ts';

export interface LookRequest {
  readonly deps: EngineDeps;
  readonly state: DeviceState;
  readonly options: SyncOptions;
  /** Do only what goes into the cloud, or only what comes from it. */
  readonly only?: 'outgoing' | 'incoming';
  /** Where `only` is set: called with the number of actions of the other kind. */
  readonly onLeftUndone?: (actions: number) => void;
  /** Called where commits of a former primary were brought into the one of today. */
  readonly onAbsorbed?: () => void;
}

/** Both sides at the start of a run. */
export interface FirstLook extends LookRequest {
  readonly cloud: Cloud;
  readonly first: Refreshed;
  readonly vault: VaultLook;
}

interface VaultLook {
  readonly listing: VaultListing;
  readonly hash: ContentHash | undefined;
  /** Absent where the listing is the one of the seal: no row had to be loaded. */
  readonly local?: LocalView;
}

/** A run, and what it begins with. */
export interface Begun {
  readonly run: Run;
  readonly first: Refreshed;
  /** `listingHash` of the vault as it was listed. */
  readonly listing: ContentHash | undefined;
}

/** Looks at both sides at once; mends first what a cut-off run left in the vault. */
export async function lookAround(request: LookRequest): Promise<FirstLook> {
  const { deps, state, options } = request;
  const cloud = new Cloud(deps, options.signal);
  await recoverLocal(deps, state, cloud);
  const known = await state.meta('head');
  const [first, vault] = await both(
    refresh(deps, cloud, known, () => state.remote()),
    lookAtVault(request),
  );
  return { ...request, cloud, first, vault };
}

/** Loads what the device remembers. */
export async function enter(look: FirstLook): Promise<Begun> {
  const { deps, cloud, state, options, first, vault } = look;
  const local = vault.local ?? (await scanListing(look, vault.listing));
  const [base, projected] = [await state.base(), await state.projected()];
  const conflictRows = (await state.meta('conflicts')) ?? [];
  return {
    run: new Run({ deps, cloud, state, options, local, base, projected, conflictRows }),
    first,
    listing: vault.hash,
  };
}

/** The vault as it is now, by hash. */
export async function scanVault(request: LookRequest): Promise<LocalView> {
  return scanListing(request, await listVault(request));
}

async function lookAtVault(request: LookRequest): Promise<VaultLook> {
  const listing = await listVault(request);
  const hash = await listingHash(request.deps, listing);
  const seal = await request.state.meta('seal');
  const sealed = seal !== undefined && seal.listing === hash && seal.day === dayOf(request.deps.clock.now());
  return sealed ? { listing, hash } : { listing, hash, local: await scanListing(request, listing) };
}

async function listVault({ deps, options }: LookRequest): Promise<VaultListing> {
  const scope = createScope(deps.settings.scope);
  return deps.vault.list({
    include: (path) => scope.includes(path),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  });
}

async function scanListing({ deps, state, options }: LookRequest, listing: VaultListing): Promise<LocalView> {
  const today = dayOf(deps.clock.now());
  const lastDay = await state.meta('rehashDay');
  const rehashDay = lastDay === undefined || lastDay === today ? undefined : today;
  const view = await scan(deps, {
    listing,
    rows: await state.local(),
    rehashDay,
    signal: options.signal,
    onProgress: options.onProgress,
  });
  for (const path of await unsettledPaths(state)) view.setUnknown(path, unsettled(path));
  return view;
}

function unsettled(path: VaultPath): Problem {
  const message = `${path}: a sync that was cut off may have left it half-written, and it cannot be read. Close the program that holds it, or mend its permissions; it is left as it is.`;
  return { path, kind: 'unreadable', message };
}

/** Waits for both, also when one fails: nothing of a run may go on after its end. */
async function both<A, B>(one: Promise<A>, other: Promise<B>): Promise<[A, B]> {
  await Promise.allSettled([one, other]);
  return [await one, await other];
}
