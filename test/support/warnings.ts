import { afterEach, beforeEach } from 'vitest';

/** A warning of this package, as `process.on('warning')` tells it. */
export interface ToldWarning {
  readonly code: string;
  readonly message: string;
}

/** Collects this package's warnings during each test. */
export function collectWarnings(): ToldWarning[] {
  const warnings: ToldWarning[] = [];
  const listen = (warning: Error & { code?: string }) => {
    if (warning.name !== 'ReadmeMetricsWarning') return;
    warnings.push({ code: warning.code ?? '', message: warning.message });
  };
  beforeEach(() => {
    warnings.length = 0;
    process.on('warning', listen);
  });
  afterEach(() => {
    process.off('warning', listen);
  });
  return warnings;
}
