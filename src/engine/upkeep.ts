import type { Run } from './execute/run.ts';
export async function collectIfDue(_run: Run): Promise<void> {}
export async function recordDevice(_run: Run): Promise<void> {}
