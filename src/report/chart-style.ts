/** How drawings look. Members' colours come as the current colour, from classes `m0` to `m7`. */
export const CHART_STYLE = `
.m0{color:var(--m0)}.m1{color:var(--m1)}.m2{color:var(--m2)}.m3{color:var(--m3)}.m4{color:var(--m4)}.m5{color:var(--m5)}.m6{color:var(--m6)}.m7{color:var(--m7)}.plain{color:var(--accent)}
figure{margin:0;min-width:0}
.pair{display:grid;grid-template-columns:686fr 446fr;gap:20px;align-items:stretch}
.pair.even{grid-template-columns:1fr 1fr}
.pair>*{min-width:0}
.pair>.card{margin-bottom:0}
.pair:not(.even)>.card{display:flex;flex-direction:column}
.pair:not(.even)>.card>.figure-plot{margin-top:auto}
figure.side{display:grid;grid-template-columns:5fr 8fr;gap:8px 36px;align-items:start}
.after{margin-top:18px}
.legend{display:flex;flex-wrap:wrap;gap:4px 18px;font-size:.86rem;margin:2px 0 12px}
.legend span,figcaption bdi{overflow-wrap:anywhere}
.chip{width:13px;height:13px;margin-right:7px;vertical-align:-1px;overflow:visible}
.dash{width:26px;height:12px;margin-right:7px;vertical-align:-1px}
.plot{display:block;width:100%;height:auto;overflow:visible;--scale:1}
.plot text{font:calc(12px*var(--scale)) system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;fill:var(--soft)}
.plot .label,.plot .value{fill:var(--ink)}
.plot .side,.plot .axis-title{font-size:calc(11.5px*var(--scale))}
.grid{stroke:var(--grid);fill:none}
.axis{stroke:var(--rule);fill:none}
.zero{stroke:var(--ink);stroke-width:1.4;fill:none}
.line{fill:none;stroke:currentColor;stroke-width:1.8;stroke-linejoin:round}
.mark{stroke:currentColor;stroke-width:1.4}
.bar{fill:currentColor}
.reference{fill:none;stroke:var(--ink);stroke-width:1.6}
.reference.alone{stroke-dasharray:2 4}
.reference.pooled{stroke-dasharray:10 4}
.reference.late-key{stroke-dasharray:5 4}
.multiples{display:grid;grid-template-columns:repeat(auto-fill,minmax(185px,1fr));gap:18px 20px}
.multiples figcaption{white-space:nowrap;overflow:hidden;text-overflow:ellipsis;padding-left:1px}
.multiples figcaption,.matrices figcaption{color:var(--ink);font-size:.86rem}
.matrices{display:grid;grid-template-columns:repeat(auto-fill,minmax(132px,1fr));gap:16px}
.band{fill:var(--band)}
.next path{stroke:var(--rule);stroke-width:1.6}
.edges path{fill:none;stroke:currentColor;stroke-opacity:var(--o)}
.edges path:hover{stroke-opacity:1}
.edges .stale{stroke-dasharray:5 4;stroke-opacity:.95}
.absent{stroke:var(--soft);stroke-width:1.3;fill:none}
.mix{fill:var(--card);stroke:currentColor;stroke-width:2.4}
.cell{fill:var(--accent)}
.late{fill:none;stroke:var(--m1);stroke-width:1.3}
.hover{fill:transparent}
.hover:hover{stroke:var(--ink);stroke-width:1}`;
