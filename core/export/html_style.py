"""The style sheet of a run's report: light and dark, on a screen and on paper."""

STYLE = """
:root { color-scheme: light dark; --paper: #fff; --ink: #1c2430; --quiet: #566070; --rule: #c9d0da;
  --accent: #1a5fb4; --right: #2d7d46; }
@media (prefers-color-scheme: dark) { :root { --paper: #11151c; --ink: #e8ecf2; --quiet: #a3adbb; --rule: #3a4452;
  --accent: #6ea8ff; --right: #5fbf80; } }
@media print { :root { color-scheme: light; --paper: #fff; --ink: #000; --quiet: #444; --rule: #bbb;
  --accent: #1a5fb4; --right: #2d7d46; } }
* { box-sizing: border-box; }
body { background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; margin: 0 auto;
  max-width: 1000px; padding: 24px 16px; font-variant-numeric: tabular-nums; print-color-adjust: exact; }
h1 { font-size: 1.7rem; line-height: 1.2; margin: 0 0 8px; overflow-wrap: anywhere; }
h2 { border-bottom: 1px solid var(--rule); font-size: 1.2rem; margin: 32px 0 12px; padding-bottom: 4px; }
h3 { font-size: 1rem; margin: 20px 0 8px; }
p { margin: 8px 0; }
.remark { overflow-wrap: anywhere; white-space: pre-line; }
.figures { display: flex; flex-wrap: wrap; gap: 12px 40px; margin: 20px 0; }
dt { color: var(--quiet); }
dd { font-size: 1.6rem; font-weight: 600; line-height: 1.2; margin: 0; }
small { color: var(--quiet); display: block; font-size: .85rem; font-weight: 400; line-height: 1.4; max-width: 17rem; }
.two { display: grid; gap: 16px; grid-template-columns: repeat(auto-fit, minmax(300px, 1fr)); }
figure { break-inside: avoid; margin: 0; }
figcaption { color: var(--quiet); font-size: .85rem; }
figure > svg { display: block; height: auto; width: 100%; }
.grid { stroke: var(--rule); }
.line { fill: none; stroke: var(--accent); stroke-linejoin: round; stroke-width: 2; }
.point { fill: var(--ink); stroke: var(--paper); }
.axis { fill: var(--quiet); font-size: 12px; }
table { border-collapse: collapse; }
th, td { font-weight: 400; padding: 3px 10px; text-align: right; }
tr + tr > * { border-top: 1px solid var(--rule); }
tr:first-child th { color: var(--quiet); }
.confusions { break-inside: avoid; table-layout: fixed; width: min(100%, 620px); }
.confusions th, .confusions td { border: 1px solid var(--rule); padding: 5px 2px; text-align: center; }
.confusions td { background: color-mix(in srgb, var(--accent) var(--shade, 0%), transparent); }
.confusions .right { background: color-mix(in srgb, var(--right) 22%, transparent); }
.mistakes { display: grid; gap: 12px; grid-template-columns: repeat(auto-fill, minmax(78px, 1fr)); }
img { border: 1px solid var(--rule); display: block; image-rendering: pixelated; }
.recipe { table-layout: fixed; width: 100%; }
.recipe th, .recipe td { hyphens: auto; overflow-wrap: break-word; text-align: left; vertical-align: top; width: 33%; }
.recipe .changed td:nth-child(2) { font-weight: 600; }
pre { border: 1px solid var(--rule); font-size: .85rem; overflow-x: auto; padding: 12px; white-space: pre-wrap; }
footer { border-top: 1px solid var(--rule); color: var(--quiet); font-size: .85rem; margin: 32px 0 0; padding: 8px 0; }
@media print { body { max-width: none; padding: 0; } h2 { break-after: avoid; } tr { break-inside: avoid; } }
@media (max-width: 480px) { th, td { font-size: .9rem; padding: 3px 6px; }
  .confusions th, .confusions td { font-size: .75rem; } }
"""
"""The style sheet, without anything that is fetched."""
