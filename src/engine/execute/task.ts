import type { ContentWriter } from '../cloud/content-writer.ts';
import type { CommitOutcome } from './commit-phase.ts';
import type { Run } from './run.ts';

/**
 * What a person asked for, done where vault and cloud are in step. Throws an `EngineError` where it cannot be
 * done; `lost`: another device committed first, and it is tried again once in step with that.
 */
export type Task = (run: Run, writer: ContentWriter) => Promise<CommitOutcome>;
