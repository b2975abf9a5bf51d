/** A fault to be sown into the engine: the text of one place, and what stands there instead. */
export interface Mutant {
  readonly name: string;
  /** Below `src/`. */
  readonly file: string;
  /** Occurs once. */
  readonly find: string;
  readonly replace: string;
}

/**
 * Faults that a tired engineer could make, each in a rule that keeps notes safe. The simulation must
 * find every one; one that it cannot tell from the engine would mean that nothing looks there.
 */
export const MUTANTS: readonly Mutant[] = [
  // The head and its commits.
  {
    name: 'the head is written without its condition',
    file: 'engine/execute/committer.ts',
    find: 'cloud.put(headKey, body, condition)',
    replace: 'cloud.put(headKey, body)',
  },
  {
    name: 'after a failed head write the own commit is not looked for',
    file: 'engine/execute/committer.ts',
    find: "now.kind === 'found' && now.head.log.includes(prepared.head.commit)",
    replace: "now.kind === 'found' && prepared.head.log.length === 0",
  },
  {
    name: 'an own commit under a newer head is believed to be the head',
    file: 'engine/execute/committer.ts',
    find: "return now.head.commit === prepared.head.commit ? { ...now, kind: 'won' } : { kind: 'lost' };",
    replace: "return { ...now, kind: 'won' };",
  },
  {
    name: 'the head is put before what it refers to',
    file: 'engine/execute/commit-phase.ts',
    find: '  await putObjects(run.cloud, prepared);\n',
    replace: '  void putObjects(run.cloud, prepared).catch(() => undefined);\n',
  },
  {
    name: 'no intent is written before the head',
    file: 'engine/execute/commit-phase.ts',
    find: '  await run.state.write(new StateChanges().intent(commitIntentKey(id), intent));\n',
    replace: '',
  },
  {
    name: 'the base advances before the head is written',
    file: 'engine/execute/commit-phase.ts',
    find: '  await run.state.write(new StateChanges().intent(commitIntentKey(id), intent));\n',
    replace:
      '  const early = new StateChanges();\n  for (const change of request.base) early.base(change);\n  await run.state.write(early.intent(commitIntentKey(id), intent));\n',
  },
  {
    name: 'a lost race is taken for a won one',
    file: 'engine/execute/commit-phase.ts',
    find: "  if (result.kind === 'lost') return 'lost';\n  const view",
    replace: "  if (result.kind === 'lost') return 'done';\n  const view",
  },
  {
    name: 'a compaction leaves out what its own commit brings',
    file: 'engine/execute/committer.ts',
    find: '    if (!own.has(path) && tree.delete(path)) changed.add(path);\n',
    replace:
      '    if (tree.delete(path)) changed.add(path);\n  }\n  for (const path of own) {\n    tree.delete(path);\n',
  },
  // What was seen.
  {
    name: 'ancestry is not asked for',
    file: 'engine/execute/observe.ts',
    find: '!(await meetOnCommonGround(run, heads, changes))) await rejoin(run, changes);\n',
    replace: '!(await meetOnCommonGround(run, heads, changes))) run.rejoins += 0;\n',
  },
  {
    name: 'a rejoin keeps the base',
    file: 'engine/execute/observe.ts',
    find: "clear('base').clear('skipped')",
    replace: "clear('skipped')",
  },
  {
    name: 'after a rejoin the device is not taken for a fresh one',
    file: 'engine/execute/observe.ts',
    find: ".clear('skipped').meta('fresh', true)",
    replace: ".clear('skipped')",
  },
  {
    name: 'the head seen is not remembered',
    file: 'engine/execute/observe.ts',
    find: "  changes.meta('head', tagged(view));\n",
    replace: '',
  },
  {
    name: 'the tree seen is not remembered',
    file: 'engine/execute/observe.ts',
    find: '  for (const path of differing) changes.remote(path, view.tree.get(path));\n',
    replace: '',
  },
  // Recovery.
  {
    name: 'a commit of unknown fate is believed to have failed',
    file: 'engine/execute/recover.ts',
    find: 'const inLog = head.log.includes(intent.commit);',
    replace: 'const inLog = intent.generation < 0;',
  },
  {
    name: 'a commit of unknown fate is believed to have succeeded',
    file: 'engine/execute/recover.ts',
    find: 'const inLog = head.log.includes(intent.commit);',
    replace: 'const inLog = intent.lineage === head.lineage;',
  },
  {
    name: 'a half-written note is an edit',
    file: 'engine/execute/recover.ts',
    find: "      const whole = hash === intent.row.hash || (await healTorn(recovery, intent, hash));\n      if (whole === 'unknown') return false;\n      if (whole && intent.isOfFormer === true) return true;\n      if (whole) changes.base({ path: intent.path, row: intent.row });\n      else if (hash !== intent.expected && hash !== 'absent') return keepUnclear(recovery, intent);\n",
    replace:
      '      void healTorn;\n      void keepUnclear;\n      if (hash === intent.row.hash) changes.base({ path: intent.path, row: intent.row });\n',
  },
  {
    name: 'a half-written note that was written on is an edit',
    file: 'engine/execute/recover.ts',
    find: "      else if (hash !== intent.expected && hash !== 'absent') return keepUnclear(recovery, intent);\n",
    replace: '      void keepUnclear;\n',
  },
  {
    name: 'an install that was begun is believed to be done',
    file: 'engine/execute/recover.ts',
    find: '      if (whole) changes.base(',
    replace: '      if (whole || hash !== undefined) changes.base(',
  },
  // Rows of the planner.
  {
    name: 'a delete beats an edit made elsewhere',
    file: 'core/plan/rows.ts',
    find: '  return base === undefined ? row3(path, live) : row12(path, live);',
    replace: '  return base === undefined ? row3(path, live) : row9(cell, live);',
  },
  {
    name: 'a delete made elsewhere beats an edit here',
    file: 'core/plan/rows.ts',
    find: "  if (base === local) return { kind: 'trash', path, expected: local, reason: 'deleted elsewhere' };",
    replace:
      "  if (base !== '') return { kind: 'trash', path, expected: local, reason: 'deleted elsewhere' };",
  },
  {
    name: 'what the cloud has wins where both edited',
    file: 'core/plan/rows.ts',
    find: "  if (base === local) {\n    return { kind: 'download'",
    replace: "  if (base !== live.hash) {\n    return { kind: 'download'",
  },
  {
    name: 'an absent entry without a base deletes here',
    file: 'core/plan/rows.ts',
    find: "    return remote === undefined ? upload(path, local, { reason: 'new here' }) : row14(cell, local, facts);",
    replace:
      "    return remote === undefined ? { kind: 'trash', path, expected: local, reason: 'x' } : row14(cell, local, facts);",
  },
  {
    name: 'a tombstone without a base deletes here',
    file: 'core/plan/rows.ts',
    find: '  if (facts.fresh && remote?.hash === local) {',
    replace:
      "  if (remote !== undefined) return { kind: 'trash', path, expected: local, reason: 'x' };\n  if (facts.fresh && remote === undefined) {",
  },
  {
    name: 'notes of two devices with one name: the cloud’s is taken',
    file: 'core/plan/rows.ts',
    find: "  return { kind: 'resolve', path, local, remote: live, reason: 'created here and elsewhere' };",
    replace: "  return { kind: 'download', path, entry: live, expected: local, reason: 'x' };",
  },
  // What goes into the vault.
  {
    name: 'no intent is written before an install',
    file: 'engine/execute/local-steps.ts',
    find: '    await this.#run.state.write(intents);\n    const done = new StateChanges();\n    await this.#run.eachWrite(group,',
    replace: '    const done = new StateChanges();\n    await this.#run.eachWrite(group,',
  },
  {
    name: 'a file that changed under an install counts as installed',
    file: 'engine/execute/local-steps.ts',
    find: "      if (result.kind === 'changed') {\n        await this.#lookAgain(path);\n        return;\n      }\n      this.#run.local.setFile(result.file, row.hash, hashedAt);",
    replace:
      "      if (result.kind === 'changed') {\n        done.base({ path, row });\n        return;\n      }\n      this.#run.local.setFile(result.file, row.hash, hashedAt);",
  },
  {
    name: 'a file that changed under a deletion is deleted as it is now',
    file: 'engine/execute/local-steps.ts',
    find: '        const result = await this.#run.deps.vault.moveToTrash(path, expected);\n',
    replace:
      '        await this.#lookAgain(path);\n        const seen = this.#run.local.files.get(path)?.hash ?? expected;\n        const result = await this.#run.deps.vault.moveToTrash(path, seen);\n',
  },
  {
    name: 'the conflict copy is left out',
    file: 'engine/execute/resolve.ts',
    find: '    if (!(await copyTo(run, action, name))) return;\n',
    replace: '    if (name === path && !(await copyTo(run, action, name))) return;\n',
  },
  {
    name: 'conflict copies of one device have one name, whatever is in them',
    file: 'core/conflict/copy-name.ts',
    find: '`conflict ${device} ${utcMinute(details.timeMs)} ${details.hash.slice(0, HASH_DIGITS)}`',
    replace: '`conflict ${device}`',
  },
  {
    name: 'a copy made before is not found again',
    file: 'engine/execute/resolve.ts',
    find: '  if (existing !== undefined) {\n    if (!run.conflictRows',
    replace: '  if (existing === path) {\n    if (!run.conflictRows',
  },
  // Contents.
  {
    name: 'fetched contents are not proven',
    file: 'engine/cloud/content.ts',
    find: "      if ((await this.#deps.hashing.sha256(bytes)) === wanted.hash) return { kind: 'found', wanted, bytes };",
    replace: "      return { kind: 'found', wanted, bytes };",
  },
  {
    name: 'what is sent is not proven to be what was planned',
    file: 'engine/cloud/content-writer.ts',
    find: '    if ((await this.#deps.hashing.sha256(bytes)) !== one.hash) {',
    replace: '    if (bytes.length > 1e12) {',
  },
  {
    name: 'a tree is kept from a head that was undone',
    file: 'engine/cloud/tree-reader.ts',
    find: 'head.lineage === known?.head.lineage && head.log.includes(known.head.commit)',
    replace: 'head.lineage === known?.head.lineage',
  },
  // The scan and the guard.
  {
    name: 'what cannot be read is absent',
    file: 'engine/scan/scan.ts',
    find: '    else view.setUnknown(problem.path, shown);\n',
    replace: '    else view.problems.push(shown);\n',
  },
  {
    name: 'an edit within the clock’s grain is not seen',
    file: 'engine/scan/scan.ts',
    find: '  if (!sameStat(file, row) || row.mtimeMs >= row.hashedAt - RACY_MS) return false;',
    replace: '  if (!sameStat(file, row)) return false;',
  },
  {
    name: 'the guard never holds',
    file: 'core/policy/guard.ts',
    find: '  if (count <= MIN_HELD_REMOVALS) return false;\n',
    replace: '  if (count <= 1e9) return false;\n',
  },
  {
    name: 'what was held before goes through when few are left',
    file: 'core/policy/guard.ts',
    find: 'tooMuch.has(limitKey(item)) || before.has(approvalKey(item))',
    replace: 'tooMuch.has(limitKey(item)) || (before.size < 0 && before.has(approvalKey(item)))',
  },
  {
    name: 'an empty folder of notes is believed',
    file: 'engine/planning.ts',
    find: '  return suddenlyEmpty ? asUnplugged(guarded, state.answer) : guarded;',
    replace:
      '  return suddenlyEmpty && state.remote.size < 0 ? asUnplugged(guarded, state.answer) : guarded;',
  },
  // Upkeep and the readable copy.
  {
    name: 'collection deletes without the day of grace',
    file: 'core/model/collection.ts',
    find: 'export const DELETE_AFTER_HOURS = 24;',
    replace: 'export const DELETE_AFTER_HOURS = 0;',
  },
  {
    name: 'collection forgets what kept roots need',
    file: 'engine/upkeep/collect.ts',
    find: '    await addRoot(run, survey.reach, reachable, root);\n',
    replace: '    void addRoot;\n    void root;\n',
  },
  {
    name: 'collection condemns what the head itself needs',
    file: 'engine/upkeep/collect.ts',
    find: '  await survey.reach.addTo(reachable, view.head);\n',
    replace: '',
  },
  {
    name: 'an edit in the readable copy is written over',
    file: 'engine/readable/project.ts',
    find: '  work.findings.push({ object: present, contents, base: work.run.projection(present.path)?.hash });\n  return false;',
    replace: '  return true;',
  },
  {
    name: 'an object that a bucket put back is imported over its note',
    file: 'engine/readable/plain-objects.ts',
    find: 'return projectedAs === hash || entry?.prev.includes(shortHash(hash)) === true;',
    replace: "return projectedAs === hash || entry?.prev.includes(shortHash(hash) + 'x') === true;",
  },
];
