import { ReadmeInstrumentation } from 'readme-metrics-opentelemetry';
import { onEnd } from './application.cjs';

const readme = new ReadmeInstrumentation();

onEnd(() => readme.shutdown());
