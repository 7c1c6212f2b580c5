import type { BodySettings } from '../../src/har/body-settings';

export const LIMIT = 1024 * 1024;
export const SETTINGS: BodySettings = { maxBodyBytes: LIMIT, logBinaryBodies: false };
