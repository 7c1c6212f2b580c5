import { arch, platform, release } from 'node:os';
import type { RecordContents } from '../record/read-record';
import type { Policy } from '../redaction/policy';
import { type CallerMasks, hideSecrets } from '../redaction/secrets';
import { WITHHELD } from '../redaction/withheld';
import { VERSION } from '../version';
import type { BodySettings } from './body-settings';
import { buildEntry } from './entry';
import type { HarEntry } from './har';

/** One log as ReadMe's `POST /v1/request` takes it. */
export interface ReadmeLog {
  _id: string;
  _version: 3;
  clientIPAddress: string;
  development: boolean;
  group: { id: string; label?: string; email?: string };
  request: {
    log: {
      version: '1.2';
      creator: { name: string; version: string; comment: string };
      entries: [HarEntry];
    };
  };
}

/** What all logs of a process have in common. */
export interface LogSettings {
  readonly development: boolean;
  readonly policy: Policy;
  readonly masks: CallerMasks;
  readonly bodies: BodySettings;
}

const CREATOR = {
  // The name by which ReadMe recognises logs of its Node SDK.
  name: 'readme-metrics (node)',
  version: VERSION,
  comment: `${arch()}-${platform()}${release()}/${process.versions.node}`,
} as const;

export function buildLog(unmasked: RecordContents, settings: LogSettings): ReadmeLog {
  const { callerKey } = unmasked;
  const known = callerKey === '' ? undefined : settings.masks.of(callerKey);
  const record = known === undefined ? unmasked : hideSecrets(unmasked, known);
  return {
    _id: record.logId,
    _version: 3,
    clientIPAddress: record.clientAddress,
    development: settings.development,
    group: {
      id: record.groupId,
      ...(record.label !== '' && { label: record.label }),
      ...(record.email !== '' && { email: record.email }),
    },
    request: {
      log: {
        version: '1.2',
        creator: CREATOR,
        entries: [buildEntry(record, settings.policy, settings.bodies, known?.secrets)],
      },
    },
  };
}

/** How many of its bodies could not be filtered and were replaced, wholly or in parts. */
export function withheldBodies({ request }: ReadmeLog): number {
  const [entry] = request.log.entries;
  const comments = [entry.request.postData?.comment, entry.response.content.comment];
  return comments.filter((comment) => comment?.includes(WITHHELD)).length;
}

/**
 * The same log without the texts of its bodies, for a server to which it was too large.
 *
 * @param json UTF-8 of the log's JSON.
 */
export function withoutBodies(json: Buffer): Buffer {
  const log = JSON.parse(json.toString()) as ReadmeLog;
  const [entry] = log.request.log.entries;
  const comment = 'left out: the log was too large for the metrics server';
  const { postData, ...request } = entry.request;
  const { text: _text, encoding: _encoding, ...content } = entry.response.content;
  const small: HarEntry = {
    ...entry,
    request: postData
      ? { ...request, postData: { mimeType: postData.mimeType, text: '', comment } }
      : request,
    response: { ...entry.response, content: { ...content, comment } },
  };
  const smaller = { ...log, request: { log: { ...log.request.log, entries: [small] } } };
  return Buffer.from(JSON.stringify(smaller), 'utf8');
}
