import { parseXML } from '@aws-sdk/xml-builder';

/**
 * The root's name and what is in it: text, or an object of its children by name (an array where one comes
 * several times) and its attributes. `undefined` where it is no XML or not whole. In a page the browser's own
 * parser reads it.
 */
export function readXml(text: string): unknown {
  try {
    // The service begins its answers with a mark that is no part of the document.
    return parseXML(text.replace(/^\uFEFF/u, '')) as unknown;
  } catch {
    return undefined;
  }
}
