import { startSdk } from './their-sdk.mjs';

startSdk();
