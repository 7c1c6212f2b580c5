import { decodeText } from './decode';

/** What the Content-Disposition of a part of `multipart/form-data` says (RFC 7578 §4.2). */
export interface FormDisposition {
  /** The field's name; the empty string when there is none. */
  name: string;
  /** All that somebody may take for the name, so that no list misses it. */
  names: string[];
  fileName?: string;
  /** False when the header is no form-data, has no name, or can be read in several ways. */
  clear: boolean;
}

const PARAMETER = /;\s*([^\s=;"]+)\s*=\s*("(?:\\.|[^"\\])*"|[^\s;"]*)\s*/y;

interface Parameter {
  key: string;
  value: string;
}

/**
 * Reads the Content-Disposition fields of a part.
 *
 * @param fields values with one character a byte
 * @param charset that the media type of the whole body names
 */
export function readFormDisposition(fields: readonly string[], charset?: string): FormDisposition {
  const parameters: Parameter[] = [];
  let clear = fields.length === 1;
  for (const field of fields) clear = readParameters(field, parameters) && clear;
  const names = parameters.filter(({ key }) => key === 'name' || key === 'name*');
  const name = names[0] && meaning(names[0]);
  // `filename*` is the better spelling of the `filename` beside it (RFC 6266 §4.3).
  const file =
    parameters.find(({ key }) => key === 'filename*') ??
    parameters.find(({ key }) => key === 'filename');
  return {
    name: name ?? '',
    names: [...new Set(names.flatMap((parameter) => readings(parameter, charset)))],
    ...(file !== undefined && { fileName: meaning(file) }),
    clear: clear && name !== undefined,
  };
}

/** Whether the whole field was understood. */
function readParameters(field: string, parameters: Parameter[]): boolean {
  const type = /^\s*form-data\s*/i.exec(field)?.[0];
  if (type === undefined) return false;
  let end = type.length;
  for (;;) {
    PARAMETER.lastIndex = end;
    const match = PARAMETER.exec(field);
    if (match === null) break;
    end = PARAMETER.lastIndex;
    parameters.push({ key: (match[1] as string).toLowerCase(), value: match[2] as string });
  }
  return /^;?\s*$/.test(field.slice(end));
}

/** As browsers write it (HTML, multipart/form-data encoding algorithm), or RFC 5987. */
function meaning({ key, value }: Parameter): string {
  if (key.endsWith('*')) return extended(value);
  return utf8(unescaped(value)).replace(/%(22|0a|0d)/gi, decodeURIComponent);
}

function readings(parameter: Parameter, charset: string | undefined): string[] {
  const { value } = parameter;
  const raw = utf8(value.replace(/^"(.*)"$/s, '$1'));
  const bytes = value.replace(/^"(.*)"$/s, '$1');
  const declared = charset && decodeText(Buffer.from(bytes, 'latin1'), charset);
  return [meaning(parameter), raw, percentDecoded(raw), bytes, ...(declared ? [declared] : [])];
}

function unescaped(value: string): string {
  if (!value.startsWith('"')) return value;
  // A backslash before anything else is one of a Windows path.
  return value.slice(1, -1).replace(/\\(["\\])/g, '$1');
}

/** `UTF-8''na%C3%AFve`. */
function extended(value: string): string {
  const [, charset, encoded] = /^"?([^']*)'[^']*'([^"]*)"?$/.exec(value) ?? [];
  if (charset === undefined || encoded === undefined) return percentDecoded(utf8(unescaped(value)));
  const bytes = encoded.replace(/%([0-9a-f]{2})/gi, (_, hex) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  return decodeText(Buffer.from(bytes, 'latin1'), charset) ?? utf8(bytes);
}

function utf8(bytes: string): string {
  return decodeText(Buffer.from(bytes, 'latin1'), undefined) ?? bytes;
}

function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
