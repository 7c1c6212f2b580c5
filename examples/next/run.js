import support from '../support/install-example.js';
import example from '../support/run-example.js';

const folder = import.meta.dirname;

// Nothing that runs here asks the network for anything, npm's registry apart.
process.env.NEXT_TELEMETRY_DISABLED = '1';

support.installExample(folder);
support.npm('run build', folder);
example.runExample({
  folder,
  command: [
    '--require',
    'readme-metrics-opentelemetry/register',
    'node_modules/next/dist/bin/next',
    'start',
  ],
  env: {
    README_DENYLIST: '@credentials,**.card',
    NEXT_MANUAL_SIG_HANDLE: 'true', // see README.md
  },
  requests: [
    {
      method: 'POST',
      path: '/letters',
      json: { to: 'Harry', payment: { card: '4929123456781234' } },
      status: 201,
    },
    { path: '/letters/1', headers: { authorization: 'Bearer owl_live_7f3d9a5c' }, status: 200 },
  ],
});
