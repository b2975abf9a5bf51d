/** A seed that once failed, and what was wrong then. It is run for ever. */
export interface KnownSeed {
  readonly seed: number;
  /** The rule that it broke, or `error`, `leak`. */
  readonly rule: string;
  readonly was: string;
}

export const KNOWN_SEEDS: readonly KnownSeed[] = [
  {
    seed: 27,
    rule: 'error',
    was: 'of two devices that began at once, one took the record of the other for the remains of a lost vault',
  },
  {
    seed: 56,
    rule: 'I7',
    was: 'a conflict copy edited on two devices was taken for its own copy, and one edit was overwritten',
  },
  {
    seed: 69,
    rule: 'I2',
    was: 'the object that marked an empty folder stayed after the folder had gone',
  },
  {
    seed: 173,
    rule: 'I9',
    was: 'a vault whose drive was gone looked empty, and its few files were deleted in the cloud',
  },
  {
    seed: 240,
    rule: 'I15',
    was: 'deletes that were held went through once others of them were no longer pending',
  },
  { seed: 285, rule: 'leak', was: 'the other lanes of a sync that had failed went on to write' },
  {
    seed: 352,
    rule: 'I3',
    was: 'after a rollback the tree of a head that was undone was kept, because another had its generation',
  },
  {
    seed: 772,
    rule: 'error',
    was: 'text that another program wrote into the object of an empty folder was imported as the folder',
  },
  { seed: 932, rule: 'error', was: 'a plain object that vanished after it was listed failed the sync' },
  {
    seed: 979,
    rule: 'I4',
    was: 'an empty folder was respelled in every sync on a disk that ignores case',
  },
  {
    seed: 1094,
    rule: 'error',
    was: 'a note that was deleted while its bucket was being adopted failed the sync',
  },
  { seed: 2307, rule: 'error', was: 'an object that had become empty was asked for its first bytes' },
  {
    seed: 1000731,
    rule: 'I1',
    was: 'after a rollback an object with what its note had said before was imported over it',
  },
  {
    seed: 1001589,
    rule: 'I23',
    was: 'on a drive that was not there a half-written note was taken for one that had not been begun',
  },
  { seed: 1002424, rule: 'leak', was: 'upkeep that failed left its other requests under way' },
  {
    seed: 2001203,
    rule: 'I2',
    was: 'a readable copy that the store had made of a spoiled object stayed when the object was mended',
  },
  {
    seed: 2002778,
    rule: 'I23',
    was: 'a half-written note that could not be read while the run before was mended was committed as an edit',
  },
  { seed: 2003052, rule: 'I23', was: 'the same, where the note was new' },
  { seed: 2004083, rule: 'I23', was: 'the same, in another place' },
  {
    seed: 2003621,
    rule: 'error',
    was: 'a note that its user renamed while the run before was mended failed the sync',
  },
  {
    seed: 5000034,
    rule: 'I1',
    was: 'a half-written note that a person wrote on was merged as an edit, and its missing half was deleted everywhere',
  },
  {
    seed: 9001242,
    rule: 'I2',
    was: 'two pictures of one size, saved in the same millisecond, changed places unseen: nothing but time and size is looked at, so edits have times of their own now',
  },
  {
    seed: 10000013,
    rule: 'I19',
    was: 'a device that had rejoined an older head was taken for one that forgets its deletions when the bucket goes back to it again (a rule too strict)',
  },
  {
    seed: 10000228,
    rule: 'I12',
    was: 'a copy that its user brought back to its first contents after the engine had looked was taken for one that it should have found (a rule too strict)',
  },
  {
    seed: 10000316,
    rule: 'I2',
    was: 'a readable copy made of a spoiled blob stayed where another device than its maker put the blob into the cloud again',
  },
  {
    seed: 10002288,
    rule: 'I23',
    was: 'a rejoin forgot which files a crash had left half written, and one of them became an edit',
  },
  {
    seed: 10001569,
    rule: 'I23',
    was: 'one answer that broke off while a half-written file was healed made an edit of the half',
  },
  {
    seed: 4011874,
    rule: 'alone',
    was: 'a note that was put in place, though the system told an error, was taken for a new one, and came back where it had been deleted',
  },
  {
    seed: 4014791,
    rule: 'alone',
    was: 'a person made a note beside one whose name differs in case, and one gave way (a rule too strict)',
  },
  {
    seed: 6500343,
    rule: 'I16',
    was: 'a note that its user wanted back was committed beside one that had its name in another spelling by then',
  },
  {
    seed: 10001706,
    rule: 'I6',
    was: 'a head that its caller had given up came late, after the bucket had gone back behind what it names (a rule too strict)',
  },
  {
    seed: 10002355,
    rule: 'I23',
    was: 'the bucket went back behind a note of which a crash had left half: the half is all that there is (a rule too strict)',
  },
  {
    seed: 2007009,
    rule: 'I12',
    was: 'a copy that somebody had deleted elsewhere, and that was about to go here, was taken for one that stays (a rule too strict)',
  },
  {
    seed: 6500800,
    rule: 'I1',
    was: 'a conflict copy in the cloud counted as the copy of what stood here, though a person had just put other contents in its place: the text was left in the history alone',
  },
];
