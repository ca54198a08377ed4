import { type Markup, markup, trustedMarkup } from './markup.ts';

/** An image on the sheet, and what is said of it. */
export interface SheetImage {
  /** Place in the training data set, from 0. */
  readonly record: number;
  readonly label: string;
  readonly value: number;
  /** A PNG file. */
  readonly png: Uint8Array;
}

/** Images may be shown that are in the page itself; nothing is loaded and nothing runs. */
const CONTENT_POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'";

const STYLE = `:root{color-scheme:light dark}
body{margin:0 auto;max-width:1200px;padding:24px;font:15px/1.45 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;font-variant-numeric:tabular-nums}
h1{font-size:1.4rem;margin:0 0 6px}
p{margin:0 0 20px;max-width:80ch}
main{display:grid;grid-template-columns:repeat(auto-fill,minmax(150px,1fr));gap:18px}
figure{margin:0}
img{display:block;width:100%;image-rendering:pixelated;background:#000;border:1px solid #8888}
figcaption{margin-top:5px;overflow-wrap:anywhere}
figcaption b,figcaption span{display:block}
figcaption span{opacity:.75;font-size:.87em}`;

/**
 * One HTML file with images, their labels and values, the most harmful first, for the member's own eyes. It needs nothing else: no network,
 * no script, no fonts. Of a record it says its number, its label and its value, and nothing that names a file or a person.
 * @param images most harmful first
 * @param records how many training records were valued
 */
export function renderContactSheet(images: readonly SheetImage[], records: number): string {
  const page = markup`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${CONTENT_POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="referrer" content="no-referrer"><meta name="robots" content="noindex">
<title>Records to look at</title><style>${trustedMarkup(STYLE)}</style></head>
<body><h1>The ${images.length} most harmful of ${records} training records</h1>
<p>By KNN-Shapley value, the most harmful first. A value below zero says that held-out records of another class stand nearest: look whether the label is right. These are patients' images: this file stays at the site.</p>
<main>${images.map(figure)}</main></body></html>
`;
  return page.toString();
}

function figure({ record, label, value, png }: SheetImage): Markup {
  const source = `data:image/png;base64,${Buffer.from(png).toString('base64')}`;
  return markup`<figure><img src="${source}" alt="record ${String(record)}"><figcaption><b>${label}</b><span>record ${String(record)}</span><span>${value.toExponential(2)}</span></figcaption></figure>
`;
}
