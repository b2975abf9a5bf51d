/** Plain bytes of each object, after decompression: more is refused unread. Rule [OL30] of the spec. */
export const MAX_HEAD_BYTES = 1024 * 1024;
export const MAX_DELTA_BYTES = 32 * 1024 * 1024;
export const MAX_SHARD_BYTES = 64 * 1024 * 1024;
export const MAX_PACK_BYTES = 16 * 1024 * 1024;
export const MAX_PACK_INDEX_BYTES = 8 * 1024 * 1024;

/** UTF-16 code units: longer than any path that a system can open. */
export const MAX_PATH_LENGTH = 32_768;
/** UTF-16 code units of a device's name, a tag of the store, and the like. */
export const MAX_TEXT_LENGTH = 1024;
/** Keys that a head may condemn at once. */
export const MAX_CONDEMNED = 200;
