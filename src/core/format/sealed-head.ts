/** `format` and `minClient` of a head that is encrypted: a version that reads plain ones alone stops there. */
export const SEALED_FORMAT = 2;
