export default {
  // Else Next bundles a second copy of the package into the routes, and what setReadmeGroup tells that
  // copy does not reach the one that logs.
  serverExternalPackages: ['readme-metrics-opentelemetry'],
};
