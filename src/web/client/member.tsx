import './style/index.css';
import { MemberPage } from './member/member-page.tsx';
import { mount } from './shell/mount.ts';
import { takeToken } from './shell/token.ts';

takeToken();
mount(<MemberPage />);
