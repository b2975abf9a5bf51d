/** The parts of the SDK that this provider uses, loaded by `import()` at the first call. */
export { AnonymousCredential, ContainerClient } from '@azure/storage-blob';
