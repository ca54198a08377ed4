import './style/index.css';
import { serverSource } from './auditor/audit-source.ts';
import { AuditorPage } from './auditor/auditor-page.tsx';
import { mount } from './shell/mount.ts';
import { takeToken } from './shell/token.ts';

takeToken();
mount(<AuditorPage source={serverSource} />);
