import './style/index.css';
import { AuditorPage } from './auditor/auditor-page.tsx';
import { mount } from './shell/mount.ts';
import { takeToken } from './shell/token.ts';

takeToken();
mount(<AuditorPage />);
