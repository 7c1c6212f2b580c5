'use strict';

const { startSdk } = require('./their-sdk.cjs');

startSdk();
