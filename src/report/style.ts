import { CHART_STYLE } from './chart-style.ts';

const COLOURS = `
:root{color-scheme:light dark;--page:#f6f5f1;--card:#fff;--ink:#1c2328;--soft:#5a656d;--rule:#dcdad2;--grid:#e9e7e0;--band:#f7f6f2;--accent:#1b5e7d;
--good:#0b6b4f;--good-back:#e3f2ec;--warn:#7a5200;--warn-back:#fbf0d9;--bad:#a63603;--bad-back:#fce8dc;
--m0:#0072b2;--m1:#d55e00;--m2:#009e73;--m3:#b14a8a;--m4:#c98a00;--m5:#3fa3dc;--m6:#6b5fb5;--m7:#5c5c5c}
@media screen and (prefers-color-scheme:dark){:root{--page:#12171b;--card:#1a2126;--ink:#e7eaec;--soft:#9fabb3;--rule:#323c43;--grid:#2a3339;--band:#1f272d;--accent:#7cc0e0;
--good:#6fd3b0;--good-back:#14322a;--warn:#f0c56b;--warn-back:#362b12;--bad:#ff9d6b;--bad-back:#3b2114;
--m0:#4fa8e0;--m1:#f0843c;--m2:#2fc497;--m3:#de8bbd;--m4:#e6b43c;--m5:#93d3f7;--m6:#a79df0;--m7:#b5b5b5}}`;

const PAGE = `
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%}
body{margin:0;background:var(--page);color:var(--ink);font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;font-variant-numeric:tabular-nums}
main{max-width:1156px;margin:0 auto;padding:44px 24px 72px}
h1,h2{font-family:ui-serif,Charter,"Iowan Old Style",Cambria,Georgia,"Times New Roman",serif;font-weight:600;line-height:1.18;text-wrap:balance;overflow-wrap:anywhere}
h1{font-size:clamp(1.8rem,4.2vw,2.7rem);margin:0 0 24px;letter-spacing:-.01em}
h2{font-size:1.6rem;margin:60px 0 10px}
h3{font-size:1.05rem;margin:0 0 4px;font-weight:650}
#findings h3:not(:first-child){margin-top:14px}#findings h3:last-child{margin-bottom:0}
p{margin:0 0 12px}
a{color:var(--accent)}
code,pre{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;font-size:.86em}
code{overflow-wrap:anywhere}
small{font-size:.8em;color:var(--soft);font-weight:400}
.brand{margin:0 0 8px;color:var(--accent);font-weight:650;font-size:.8rem;letter-spacing:.09em;text-transform:uppercase}
.note{color:var(--soft);font-size:.92rem;max-width:84ch;text-wrap:pretty}
.card{background:var(--card);border:1px solid var(--rule);border-radius:10px;padding:20px 22px;margin:0 0 20px}
.sr{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}`;

const HEADER = `
.verdict{display:flex;gap:16px;align-items:center;border-radius:10px;padding:18px 20px;border:1px solid;margin:0 0 20px}
.verdict strong{display:block;font-size:1.3rem;line-height:1.3}
.verdict div span{color:var(--ink);font-size:.92rem}
.symbol{flex:none;display:grid;place-items:center;width:42px;height:42px;border-radius:50%;background:currentColor;font-size:1.3rem;font-weight:700}
.symbol b{color:var(--card)}
.clean{color:var(--good);background:var(--good-back)}.partial{color:var(--warn);background:var(--warn-back)}.broken{color:var(--bad);background:var(--bad-back)}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(200px,1fr));gap:14px;margin:0 0 20px}
.tile{background:var(--card);border:1px solid var(--rule);border-radius:10px;padding:14px 18px}
.tile span,.tile small{display:block;color:var(--soft);font-size:.86rem}
.tile strong{display:block;font-size:1.8rem;line-height:1.25;font-weight:600;letter-spacing:-.01em}
.facts{display:grid;grid-template-columns:repeat(auto-fill,minmax(155px,1fr));gap:12px 24px;margin:0;padding:18px 0 0;border-top:1px solid var(--rule)}
.facts .wide{grid-column:1/-1}
dt{color:var(--soft);font-size:.82rem}
dd{margin:0;overflow-wrap:anywhere}
.glossary{display:grid;grid-template-columns:repeat(auto-fill,minmax(300px,1fr));gap:12px 28px;margin:14px 0 0}
.glossary dt{color:var(--ink);font-weight:650;font-size:.95rem}
.glossary dd{color:var(--soft);font-size:.9rem}
.prose{max-width:none}.prose p,.prose li{max-width:84ch}.prose ul{margin:0;padding-left:20px}.prose li{margin:0 0 8px}
pre{margin:0 0 14px;padding:12px 14px;background:var(--band);border:1px solid var(--rule);border-radius:8px;white-space:pre-wrap;overflow-wrap:anywhere}`;

const TABLES = `
.scroll{overflow-x:auto;max-width:100%}
table{border-collapse:collapse;width:100%;font-size:.92rem}
th,td{padding:8px 12px;text-align:right;border-bottom:1px solid var(--grid);vertical-align:baseline;white-space:nowrap}
thead th{font-weight:600;font-size:.82rem;color:var(--soft);vertical-align:bottom;border-bottom-color:var(--rule)}
thead th small{display:block;font-size:1em}
thead tr:first-child th[colspan]{text-align:center}
tr>th:first-child,.places td,.places th{text-align:left}
thead tr+tr>th:first-child{text-align:right}
tr>:first-child,.members tr>:first-child{padding-left:0}
tr>:last-child{padding-right:0}
tbody:last-child tr:last-child>*{border-bottom:0}
tbody th{font-weight:600;white-space:normal;min-width:100px;overflow-wrap:break-word}
.members th,.members td{padding-inline:9px}.members tbody th{min-width:140px}.weights tbody th{max-width:240px}
tbody th .chip{margin-left:-20px}tbody th:has(.chip),.members tbody th:has(.chip){padding-left:20px}
tfoot th,tfoot td{border-top:2px solid var(--rule);border-bottom:0;font-weight:600}
.members tbody th small{display:block}
.main{font-weight:650}.muted{color:var(--soft)}
.short{color:var(--bad);font-weight:650}
.rounds{width:auto}.rounds td{padding:6px 8px;text-align:center}.rounds thead th{text-align:center}.rounds tfoot tr+tr>*{border-top:1px solid var(--grid)}.rounds tfoot th{color:var(--soft)}
.there{color:var(--good);background:var(--good-back)}.behind{color:var(--warn);background:var(--warn-back);font-weight:650}
.badge{display:inline-block;border:1px solid var(--bad);color:var(--bad);background:var(--bad-back);border-radius:99px;padding:0 8px;font-size:.74rem;font-weight:650}
.places td{white-space:normal;overflow-wrap:anywhere}
.places td:last-child{width:32%;color:var(--soft)}
.findings code{color:var(--bad);font-weight:600}
.weights{width:auto}
.weights th,.weights td{padding:6px 9px;text-align:center}
.weights tr>th:first-child{text-align:left}
.weights thead .chip{margin:0}
.weights thead tr>th:first-child{padding-left:0}
.weights td{min-width:40px;border:1px solid var(--card);background:color-mix(in srgb,var(--accent) calc(var(--w,0%)*.5),var(--band));-webkit-print-color-adjust:exact;print-color-adjust:exact}`;

const SIZES = `
@media screen and (max-width:760px){main{padding:26px 16px 48px}h2{margin-top:44px}.card{padding:16px 14px}.pair,.pair.even{grid-template-columns:1fr}
.verdict{align-items:flex-start}.tiles{grid-template-columns:1fr 1fr}.tile{padding:12px 14px}.tile strong{font-size:1.45rem}.plot{--scale:calc(var(--units)/400)}.multiples .plot{--scale:calc(var(--units)/175)}.plot.wide-plot{--scale:1}th,td{padding:7px 8px}.places thead{display:none}.places tr>td:nth-child(n){display:block;width:auto;padding:4px 0 8px}.places tr>td:first-child{border:0;padding:8px 0 0}table{font-size:.88rem}
.members tbody th,.members tfoot th{position:sticky;left:0;background:var(--card);z-index:1}.multiples.multiples{grid-template-columns:1fr 1fr}figure.side.side{grid-template-columns:1fr}}
@media print{:root{--page:#fff;font-size:13px}.tiles{grid-template-columns:repeat(4,1fr)}.glossary div{break-inside:avoid}section>.note{break-inside:avoid;break-after:avoid}table{font-size:7.8pt}th,td{padding:4px}thead th{font-size:6.8pt}.members tbody th{min-width:104px}.card{padding:12px 14px}.pair,.legend{break-before:avoid}body{font-size:9.5pt}main{max-width:none;padding:0}.card,figure,tr,.tile{break-inside:avoid}h2,h3{break-after:avoid}.scroll{overflow:visible}.plot{min-width:0!important}
.verdict,.symbol,.card,svg{-webkit-print-color-adjust:exact;print-color-adjust:exact}}
@page{margin:14mm}`;

/** The style sheet of the page. */
export const STYLE: string = COLOURS + PAGE + HEADER + TABLES + CHART_STYLE + SIZES;
