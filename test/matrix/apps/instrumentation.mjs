import { ReadmeInstrumentation } from 'readme-metrics-opentelemetry';
import { startSdk } from './their-sdk.mjs';

const readme = new ReadmeInstrumentation();

startSdk({ instrumentations: [readme], end: () => readme.shutdown() });
