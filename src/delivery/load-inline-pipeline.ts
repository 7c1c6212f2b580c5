import { lendRequire } from '../bundles/lend-require';

/**
 * Where logs are made on the application's own thread: a third of what there is to load is for that, and the usual
 * process does not need it.
 */
export const createInlinePipeline: typeof import('./create-inline-pipeline').createInlinePipeline =
  (...settings) => {
    const returnRequire = lendRequire();
    try {
      const loaded =
        require('./create-inline-pipeline') as typeof import('./create-inline-pipeline');
      return loaded.createInlinePipeline(...settings);
    } finally {
      returnRequire();
    }
  };
