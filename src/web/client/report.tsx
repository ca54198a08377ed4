import './style/index.css';
import type { ReportSnapshot } from '../report/report-snapshot.ts';
import { AuditorPage } from './auditor/auditor-page.tsx';
import { embeddedSource } from './auditor/embedded-source.ts';
import { RunPage } from './report/run-page.tsx';
import { mount } from './shell/mount.ts';

const text = document.getElementById('snapshot')?.textContent ?? '';
const snapshot = JSON.parse(text) as ReportSnapshot;
const content = <RunPage {...snapshot} />;
mount(<AuditorPage source={embeddedSource(snapshot)} front={{ name: 'Run', study: snapshot.view.study, content }} />);
