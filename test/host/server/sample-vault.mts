/** A vault that a person finds when trying the plugin. */
export const SAMPLE_VAULT: Readonly<Record<string, string | Uint8Array>> = {
  'Welcome.md': `# Welcome

This is a page that plays the app, with the plugin as it is released. The vault lives in memory and goes when the server stops.

- Type here: the note is saved two seconds after the first key.
- **Ctrl+P** opens the commands, **Ctrl+,** the settings.
- The other device is the page beside this one.

> Nothing here is sent anywhere but to the S3 server that was started for it.
`,
  'Daily/2026-11-22.md': '# Sunday\n\n- bread\n- stamps\n',
  'Daily/2026-11-23.md': '# Monday\n\n- call the harbour\n',
  'Projects/Garden.md': '# Garden\n\nSow in March.\n\nWater daily.\n\nHarvest in June.\n',
  'Projects/Boat.md': '# Boat\n\nPaint the hull.\n\n```\nlength: 6 m\n```\n',
  'Ideas.md': '# Ideas\n\nA shelf for the [[Boat]].\n',
  'Pictures/dot.svg':
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 120 80" width="480"><rect width="120" height="80" fill="#7852ee"/><circle cx="60" cy="40" r="24" fill="#fff"/></svg>',
};
