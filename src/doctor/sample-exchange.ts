import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Caller } from '../capture/caller';
import { CallerResolver } from '../capture/caller-resolver';
import { markLocalMetricsServer } from '../capture/local-servers';
import type { GroupingFunction } from '../options/readme-options';
import { Warnings } from '../options/warnings';
import type { DropReason } from '../record/drop-reason';

/** What a grouping function made of a request. */
export interface SampleResult {
  readonly caller: Caller | undefined;
  /** Why the exchange would be lost; `undefined` without a caller: it is not logged, as wished. */
  readonly cause: DropReason | undefined;
  /** What the function threw or its promise was rejected with; `undefined` when it was neither. */
  readonly thrown: { readonly error: unknown } | undefined;
  /** Of which an application would be warned, for instance what is wrong with the result. */
  readonly warnings: readonly string[];
}

/**
 * Sends one request over loopback and asks the grouping function about it where a capture does: when the
 * response is about to begin.
 *
 * @param timeoutMillis after which a promise is given up.
 */
export async function askAboutSample(
  groupingFunction: GroupingFunction,
  headers: Readonly<Record<string, string>>,
  timeoutMillis: number,
): Promise<SampleResult> {
  let result: Promise<SampleResult> | undefined;
  const server = createServer((incoming, response) => {
    result = ask(groupingFunction, incoming, response, timeoutMillis);
    response.end();
  });
  // Never logged, should this process log what its servers answer.
  markLocalMetricsServer(server);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  try {
    const { port } = server.address() as AddressInfo;
    const outgoing = request({ host: '127.0.0.1', port, path: '/sample', headers, agent: false });
    const [answer] = (await once(outgoing.end(), 'response')) as [IncomingMessage];
    answer.resume();
    return await (result as Promise<SampleResult>);
  } finally {
    server.close();
    server.closeAllConnections();
  }
}

function ask(
  groupingFunction: GroupingFunction,
  incoming: IncomingMessage,
  response: ServerResponse,
  timeoutMillis: number,
): Promise<SampleResult> {
  const warnings = new CollectedWarnings();
  let thrown: SampleResult['thrown'];
  const witness = (error: unknown): never => {
    thrown = { error };
    throw error;
  };
  const watched: GroupingFunction = (...args) => {
    try {
      const group = groupingFunction(...args);
      return group instanceof Promise ? group.catch(witness) : group;
    } catch (error) {
      return witness(error);
    }
  };
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolver.giveUp(), timeoutMillis);
    const onCallerDecided = () => {
      clearTimeout(timer);
      // In a moment: by then it has warned of what there is to warn of.
      setImmediate(() => {
        const { caller, dropReason: cause } = resolver;
        resolve({ caller, cause, thrown, warnings: warnings.messages });
      });
    };
    const resolver = new CallerResolver(
      { groupingFunction: watched, warnings },
      { onCallerDecided },
    );
    resolver.resolve(incoming, response);
  });
}

/** Keeps what an application would be warned of. */
class CollectedWarnings extends Warnings {
  readonly messages: string[] = [];

  override warnOnce(_code: string, message: string): void {
    this.messages.push(message);
  }

  override diagOnce(_key: string, message: string): void {
    this.messages.push(message);
  }

  override debugOnce(_key: string, _message: string): void {}
}
