/**
 * @typedef {import('../log-summary').LogSummary} LogSummary
 * @typedef {object} Listener
 * @property {() => void} onReset the server was started anew: what it said before does not count
 * @property {(logs: LogSummary[], first: number, complete: boolean) => void} onLogs
 * @property {(state: 'live' | 'lost') => void} onState
 */

const RETRY_MILLIS = 1000;

/**
 * Follows the logs of the server, and connects again for as long as the page is open. A page that nobody
 * sees lets go of its connection: browsers have six to a server, for all their tabs.
 *
 * @param {Listener} listener
 */
export function followLogs({ onReset, onLogs, onState }) {
  let run = '';
  let lastEventId = '';

  /** @type {EventSource | undefined} */
  let current;

  const connect = () => {
    if (document.hidden || current !== undefined) return;
    const source = new EventSource(`/viewer/events?after=${encodeURIComponent(lastEventId)}`);
    current = source;
    source.addEventListener('hello', ({ data }) => {
      const hello = JSON.parse(data);
      if (run !== '' && run !== hello.run) onReset();
      run = hello.run;
      onState('live');
    });
    source.addEventListener('logs', (event) => {
      const { logs, first, complete } = JSON.parse(event.data);
      lastEventId = event.lastEventId;
      onLogs(logs, first, complete);
    });
    source.addEventListener('error', () => {
      onState('lost');
      // The browser tries again after a lost connection, but not after an answer such as 503.
      if (source.readyState !== EventSource.CLOSED || source !== current) return;
      current = undefined;
      setTimeout(connect, RETRY_MILLIS);
    });
  };
  document.addEventListener('visibilitychange', () => {
    if (document.hidden) {
      current?.close();
      current = undefined;
    } else connect();
  });
  connect();
}
