import { returnRequire } from './loading-begins';

returnRequire();
