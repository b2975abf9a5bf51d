import { absent } from './absent.ts';
import { Events } from './vault/events.ts';

/** Only its events: nothing here reads links or tags. */
export class MetadataCache extends Events {
  getFileCache(): never {
    return absent('MetadataCache.getFileCache');
  }

  getFirstLinkpathDest(): never {
    return absent('MetadataCache.getFirstLinkpathDest');
  }
}
