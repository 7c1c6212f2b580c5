import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { EventEmitter } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { isObserved } from '../capture/exchange-of';
import type { Warnings } from '../options/warnings';

const REQUEST = 'http.server.request.start';

interface RequestStart {
  readonly request: IncomingMessage;
  readonly server: EventEmitter;
}

/**
 * Looks at the first request, whether HttpInstrumentation can see it: it has put its own `emit` on
 * `Server.prototype`, unless `http` was loaded before the instrumentation was there, or was imported as an ES module
 * without its loader. Then no hook is ever called, and nothing else would say so.
 */
export function warnOfLateHooks(warnings: Warnings): void {
  const onRequest = (message: unknown): void => {
    unsubscribe(REQUEST, onRequest);
    const { request, server } = message as RequestStart;
    if (server?.emit !== EventEmitter.prototype.emit) return;
    // Other subscribers of the channel have had their turn by then: a ReadmeInstrumentation logs it all the same.
    queueMicrotask(() => {
      if (isObserved(request)) return;
      warnings.warnOnce(
        'README_HOOKS_TOO_LATE',
        'a request came in that HttpInstrumentation does not see, so readmeHttpHooks are not called and nothing is logged: http was loaded before the instrumentation was started, or as an ES module without its loader. Start OpenTelemetry before the application (node --require ./instrumentation.js app.js), or use ReadmeInstrumentation, which works at any time.',
      );
    });
  };
  subscribe(REQUEST, onRequest);
}
