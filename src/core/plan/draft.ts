import type { VaultPath } from '../model/vault-path.ts';
import type { Step } from './cell.ts';
import type { Action, Notice, Plan } from './plan.ts';

/**
 * The plan as it grows: at most one step touches a path, and no two bring paths of one fold to one
 * side. That is what makes its order free.
 */
export class Draft {
  readonly #fold: (path: VaultPath) => string;
  /** A move stands at the path it takes away. */
  readonly #steps = new Map<VaultPath, Step>();
  /** Both paths of each move. */
  readonly #moving = new Set<VaultPath>();
  readonly #arrivingHere = new Set<string>();
  readonly #arrivingInCloud = new Set<string>();

  constructor(fold: (path: VaultPath) => string) {
    this.#fold = fold;
  }

  stepAt(path: VaultPath): Step | undefined {
    return this.#steps.get(path);
  }

  /** Whether a move begins or ends at the path. */
  isMoving(path: VaultPath): boolean {
    return this.#moving.has(path);
  }

  /** Sets what is done about a path, in place of what was planned so far. A move takes both its paths. */
  set(step: Step): void {
    if (step.kind === 'move-local' || step.kind === 'move-remote') {
      const { from, to } = step;
      this.#steps.delete(to);
      this.#steps.set(from, step);
      this.#moving.add(from).add(to);
      (step.kind === 'move-local' ? this.#arrivingHere : this.#arrivingInCloud).add(this.#fold(to));
    } else this.#steps.set(step.path, step);
  }

  drop(path: VaultPath): void {
    this.#steps.delete(path);
  }

  arrivesHere(path: VaultPath): boolean {
    return this.#arrivingHere.has(this.#fold(path));
  }

  arrivesInCloud(path: VaultPath): boolean {
    return this.#arrivingInCloud.has(this.#fold(path));
  }

  /** The step at the path brings a new name to the device. */
  bringsHere(path: VaultPath): void {
    this.#arrivingHere.add(this.#fold(path));
  }

  /** The step at the path brings a new name to the cloud. */
  bringsToCloud(path: VaultPath): void {
    this.#arrivingInCloud.add(this.#fold(path));
  }

  leavesHere(path: VaultPath): boolean {
    const kind = this.#steps.get(path)?.kind;
    return kind === 'trash' || kind === 'move-local';
  }

  leavesCloud(path: VaultPath): boolean {
    const kind = this.#steps.get(path)?.kind;
    return kind === 'tombstone' || kind === 'move-remote';
  }

  steps(): Iterable<Step> {
    return this.#steps.values();
  }

  toPlan(): Plan {
    const actions: Action[] = [];
    const notices: Notice[] = [];
    for (const step of this.#steps.values()) {
      if (step.kind === 'notice') notices.push({ path: step.path, reason: step.reason });
      else actions.push(step);
    }
    return { actions, notices };
  }
}
