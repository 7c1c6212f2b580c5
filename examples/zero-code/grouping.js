'use strict';

/** Who is calling; README_GROUPING_FUNCTION names this file. */
module.exports = (request) => ({
  apiKey: request.headers['x-customer'] ?? 'unknown',
  label: 'A customer',
});
