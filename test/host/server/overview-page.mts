import { encodeSetupLink } from '../../../src/plugin/setup-link.ts';
import type { Settings } from '../../../src/plugin/settings/model.ts';
import { DEFAULTS } from '../../../src/plugin/settings/defaults.ts';
import { settingsFor, type CloudPlace } from './cloud-set-up.mts';

interface ShownDevice {
  readonly title: string;
  readonly url: string;
}

export interface Overview {
  readonly place: CloudPlace;
  readonly devices: Readonly<Record<'a' | 'b', ShownDevice>>;
  /** The second device starts when this address has answered; at once where there is none. */
  readonly secondAfter: string | undefined;
}

/** Two devices beside each other, and what a person needs to set them up. */
export function overviewPage({ place, devices, secondAfter }: Overview): string {
  const settings: Settings = { ...DEFAULTS, ...settingsFor(place) };
  const { endpoint, region, accessKeyId, secretAccessKey } = place.server;
  const facts = {
    Endpoint: endpoint,
    Region: region,
    Bucket: place.bucket,
    'Access key': accessKeyId,
    'Secret key': secretAccessKey,
  };
  const rows = Object.entries(facts).map(
    ([name, value]) => `<dt>${name}</dt><dd><code>${escaped(value)}</code></dd>`,
  );
  const panes = Object.entries(devices).map(([name, device]) =>
    pane(name, device, name === 'b' ? secondAfter : undefined),
  );
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Two devices, one cloud</title>
<link rel="icon" href="data:,">
<style>${STYLE}</style>
</head>
<body>
<header>
<h1>Two devices, one cloud</h1>
<details><summary>S3 server</summary><dl>${rows.join('')}</dl>
<p>Both keys are on the devices as secrets. The bucket wants path-style addresses.</p></details>
</header>
<main>${panes.join('')}</main>
<script>const LINK = ${JSON.stringify(encodeSetupLink(settings))};${SCRIPT}</script>
</body>
</html>`;
}

function pane(name: string, { title, url }: ShownDevice, after: string | undefined): string {
  const start = after === undefined ? `src="${url}"` : `data-after="${after}"`;
  return `<section data-device="${name}" data-url="${url}">
<nav>
<strong>${title}</strong>
<button data-act="set-up" title="Fill in the plugin’s settings and start the app anew">Set up</button>
<button data-act="link" title="Open a set-up link in the app, as a second device would">Open set-up link</button>
<button data-act="kind">Phone</button>
<button data-act="theme">Dark</button>
<button data-act="reload">Restart the app</button>
<a href="${url}" target="_blank">Own window</a>
</nav>
<iframe ${start} title="${title}"></iframe>
</section>`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}

const STYLE = `
:root { color-scheme: light dark; font: 14px/1.4 ui-sans-serif, system-ui, 'Segoe UI', 'Liberation Sans', 'DejaVu Sans', sans-serif; }
* { box-sizing: border-box }
body { margin: 0; height: 100vh; display: flex; flex-direction: column; background: light-dark(#ececf1, #141416) }
header { display: flex; align-items: baseline; gap: 24px; padding: 10px 16px 0 }
h1 { font-size: 16px; margin: 0 }
details { position: relative }
summary { cursor: pointer; color: light-dark(#555, #aaa) }
details[open] { position: absolute; left: 220px; top: 8px; z-index: 2; box-shadow: 0 8px 30px rgb(0 0 0 / 20%); background: light-dark(#fff, #222); border-radius: 8px; padding: 4px 12px }
dl { display: grid; grid-template-columns: max-content auto; gap: 2px 12px; margin: 8px 0 }
dt { color: light-dark(#666, #999) } dd { margin: 0 }
main { flex: 1; min-height: 0; display: flex; gap: 16px; padding: 10px 16px 16px }
section { flex: 1; min-width: 0; display: flex; flex-direction: column; gap: 8px }
section.is-phone { flex: 0 0 392px }
nav { display: flex; align-items: center; gap: 6px; flex-wrap: wrap; min-height: 30px }
nav strong { margin-right: 8px }
nav a { color: inherit; margin-left: auto; font-size: 12px }
button { font: inherit; font-size: 12px; padding: 3px 10px; border-radius: 6px; border: 1px solid light-dark(#ccc, #444); background: light-dark(#fff, #2a2a2c); color: inherit; cursor: pointer }
button:hover { border-color: #7852ee }
iframe { flex: 1; width: 100%; border: 1px solid light-dark(#d0d0d8, #333); border-radius: 10px; background: #fff }
.is-phone iframe { border-radius: 28px; border-width: 3px }
@media (max-width: 900px) { main { flex-direction: column; overflow: auto } section { flex: 0 0 90vh } }
`;

const SCRIPT = `
const post = (path) => fetch(path, { method: 'POST' });
for (const section of document.querySelectorAll('section')) {
  const { device, url } = section.dataset;
  const frame = section.querySelector('iframe');
  const reload = () => { frame.src = url; };
  const { after } = frame.dataset;
  if (after) fetch(after).then(() => { frame.src ||= url; });
  let kind = 'desktop', theme = 'light';
  section.addEventListener('click', async ({ target }) => {
    switch (target.dataset.act) {
      case 'set-up': await post('/set-up?device=' + device); return reload();
      case 'link': return frame.contentWindow.postMessage({ openLink: LINK }, url);
      case 'reload': return reload();
      case 'kind':
        kind = kind === 'phone' ? 'desktop' : 'phone';
        target.textContent = kind === 'phone' ? 'Desktop' : 'Phone';
        section.classList.toggle('is-phone', kind === 'phone');
        await post('/change?device=' + device + '&kind=' + kind);
        return reload();
      case 'theme':
        theme = theme === 'dark' ? 'light' : 'dark';
        target.textContent = theme === 'dark' ? 'Light' : 'Dark';
        await post('/change?device=' + device + '&theme=' + theme);
        return frame.contentWindow.postMessage({ theme }, url);
    }
  });
}
`;
