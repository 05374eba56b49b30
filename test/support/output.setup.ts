import { showLog } from './log-lines.ts';

showLog();
