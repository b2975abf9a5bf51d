import { randomBytes } from 'node:crypto';
import { readdirSync, renameSync } from 'node:fs';
import { moveToFree, type Placed } from './place-file.mts';
import { look } from './plain-file.mts';

/**
 * Changes how names are spelled where the file system takes both spellings for one; `changed` where
 * they name two files. Folders on the way are respelled too. The folder's own list of names decides:
 * some file systems number one file differently by each spelling.
 */
export function respell(from: string, to: string): Placed {
  const [fromNames, toNames] = [from.split('/'), to.split('/')];
  for (let end = 1; end <= toNames.length; end++) {
    const [fromName, toName] = [fromNames[end - 1], toNames[end - 1]];
    if (fromName === undefined || toName === undefined || fromName === toName) continue;
    const folder = toNames.slice(0, end - 1).join('/');
    if (respellOne(folder, fromName, toName) === 'changed') return 'changed';
  }
  return 'done';
}

function respellOne(folder: string, fromName: string, toName: string): Placed {
  const spelledAs = (name: string): boolean => readdirSync(folder === '' ? '/' : folder).includes(name);
  if (spelledAs(toName)) return spelledAs(fromName) ? 'changed' : 'done';
  const [from, to] = [`${folder}/${fromName}`, `${folder}/${toName}`];
  renameSync(from, to);
  if (spelledAs(toName)) return 'done';
  // Some file systems call such a rename done and do nothing: by a third name, then.
  const between = `${folder}/${fromName}.renaming-${randomBytes(4).toString('hex')}`;
  renameSync(from, between);
  const seen = look(between);
  if (seen?.isDirectory() === true) renameSync(between, to);
  else if (seen === undefined || moveToFree(between, to, seen) === 'changed') {
    renameSync(between, from);
    return 'changed';
  }
  return 'done';
}
