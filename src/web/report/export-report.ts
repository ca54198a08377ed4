import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { type Markup, markup, trustedMarkup } from '../markup.ts';
import { notBuilt, WEB_BUNDLE_FOLDER } from '../web-bundle.ts';
import type { ReportSnapshot } from './report-snapshot.ts';

/** One script and one style sheet, as the builder leaves them in the bundle's folder. */
export const REPORT_FILES = { script: 'report.js', style: 'report.css' } as const;

/**
 * The report of a study as one HTML file that needs nothing else: no network, no server, no other file. The same data give the same bytes. Texts of the
 * study appear as texts, whatever is in them.
 * @throws WebError `web/not-built`
 */
export async function exportReport(snapshot: ReportSnapshot, folder = WEB_BUNDLE_FOLDER): Promise<string> {
  const [script, style] = await Promise.all([
    readFile(`${folder}/${REPORT_FILES.script}`, 'utf8'),
    readFile(`${folder}/${REPORT_FILES.style}`, 'utf8'),
  ]).catch((cause: unknown) => Promise.reject(notBuilt(cause)));
  // Within a script nothing may look like its end.
  const [code, rules] = [script.trimEnd().replaceAll('</script', '<\\/script'), style.trimEnd()];
  const data = JSON.stringify(snapshot).replaceAll('<', '\\u003c');
  return markup`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${contentPolicy(code, rules)}">
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark"><meta name="referrer" content="no-referrer">
<title>${snapshot.run.title} · Consilium report</title><link rel="icon" href="data:,"><style>${trustedMarkup(rules)}</style></head>
<body><div id="page"></div><noscript>${summary(snapshot)}</noscript>
<script type="application/json" id="snapshot">${trustedMarkup(data)}</script>
<script>${trustedMarkup(code)}</script></body></html>
`.toString();
}

/** The page's own script and style run, by their digests, and nothing else; nothing is loaded or sent, and text cannot be made markup. */
function contentPolicy(script: string, style: string): string {
  const digest = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
  return (
    `default-src 'none'; script-src ${digest(script)}; style-src ${digest(style)}; img-src data: blob:; ` +
    "worker-src blob:; base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types consilium-worker"
  );
}

/** What counts, for a reader without scripts. */
function summary({ run, view }: ReportSnapshot): Markup {
  const { check } = view;
  const verdict =
    check.state === 'done' ? `findings: ${check.findings.length}, notices: ${check.notices.length}` : 'not checked';
  const percent = (share: number | null): string =>
    share === null || !Number.isFinite(share) ? '–' : `${(share * 100).toFixed(1)} %`;
  const rows = run.members.map(
    ({ name, samples, accuracyAlone, accuracyFederated }) =>
      markup`<tr><th>${name}</th><td>${samples}</td><td>${percent(accuracyAlone)}</td><td>${percent(accuracyFederated)}</td></tr>`,
  );
  const findings =
    check.state === 'done' ? check.findings.map(({ code, message }) => markup`<li>${code}: ${message}</li>`) : [];
  return markup`<main><h1>${run.title}</h1><p>Audit: ${verdict}. The rest of this page needs JavaScript, which runs from this file alone.</p><ul>${findings}</ul>
<table><thead><tr><th>Member</th><th>Samples</th><th>Accuracy alone</th><th>Accuracy federated</th></tr></thead><tbody>${rows}</tbody></table></main>`;
}
