// What a user has installed before the package, and what afterwards.

const OURS = 'readme-metrics-opentelemetry';
const API = '@opentelemetry/api';
const SDK_2 = ['@opentelemetry/sdk-node@0.223', '@opentelemetry/instrumentation-http@0.223'];
const SDK_3 = ['@opentelemetry/sdk-node@0.301', '@opentelemetry/instrumentation-http@0.301'];
const LATEST = ['@opentelemetry/sdk-node@latest', '@opentelemetry/instrumentation-http@latest'];

/** SDK 3 asks for it. */
export const SINCE_22_15 = [22, 15];

/** Each step is one command. SDK 2 refuses API 1.10, so its users have 1.9. */
export const SITUATIONS = [
  { name: 'alone', steps: [[OURS, API]] },
  { name: 'SDK 2 before', hasSdk: true, steps: [[`${API}@~1.9.1`, ...SDK_2], [OURS]] },
  {
    name: 'SDK 3 before',
    hasSdk: true,
    steps: [[API, ...SDK_3], [OURS]],
    needsNode: SINCE_22_15,
  },
  {
    name: 'before SDK `latest`',
    hasSdk: true,
    steps: [[OURS, API], LATEST],
    needsNode: SINCE_22_15,
  },
  // Where `latest` does not run, this is what is left.
  {
    name: 'before SDK 2',
    hasSdk: true,
    steps: [[OURS, `${API}@~1.9.1`], SDK_2],
    onlyBelowNode: SINCE_22_15,
  },
];

/** Whether a situation can be had on a version of Node.js at all. */
export function happensOn({ needsNode, onlyBelowNode }, { version }) {
  const isSince = ([major, minor]) => {
    const [nodeMajor, nodeMinor] = version.slice(1).split('.').map(Number);
    return nodeMajor > major || (nodeMajor === major && nodeMinor >= minor);
  };
  return (
    (needsNode === undefined || isSince(needsNode)) && !(onlyBelowNode && isSince(onlyBelowNode))
  );
}
