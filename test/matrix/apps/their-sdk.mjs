import { HttpInstrumentation } from '@opentelemetry/instrumentation-http';
import { NodeSDK } from '@opentelemetry/sdk-node';
import theirSdkWith from './their-sdk-with.cjs';

const { BatchSpanProcessor } = await import(process.env.MATRIX_SDK_TRACE);

export const { batches, startSdk } = theirSdkWith({
  NodeSDK,
  HttpInstrumentation,
  BatchSpanProcessor,
});
