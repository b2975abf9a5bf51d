/** What sealing takes from its libraries, loaded by `import()` when a vault is encrypted: most are not. */
export {
  armor,
  Decrypter,
  Encrypter,
  generateX25519Identity,
  identityToRecipient,
  Stanza,
} from 'age-encryption';
export { aessiv } from '@noble/ciphers/aes.js';
export { xchacha20poly1305 } from '@noble/ciphers/chacha.js';
export { managedNonce } from '@noble/ciphers/utils.js';
export { hkdf } from '@noble/hashes/hkdf.js';
export { sha256 } from '@noble/hashes/sha2.js';
export { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';
