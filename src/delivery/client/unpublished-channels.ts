import * as diagnosticsChannel from 'node:diagnostics_channel';

/** In place of `node:diagnostics_channel`: channels that only their holder knows, so that nobody subscribes. */
export const unpublishedChannels = {
  ...diagnosticsChannel,
  channel: (name: string | symbol) => diagnosticsChannel.channel(Symbol(String(name))),
};
