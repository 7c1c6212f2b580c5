import { context } from '@opentelemetry/api';
import { suppressTracing } from '../../opentelemetry/sdk';

/** Begins a request so that the application's instrumentation of undici does not trace it. */
export function withTracingSuppressed<Result>(begin: () => Result): Result {
  return context.with(suppressTracing(context.active()), begin);
}
