import { createRequire } from 'node:module';
import { join } from 'node:path';
import Ajv, { type AnySchemaObject } from 'ajv';
import addFormats from 'ajv-formats';

// Neither has types, and both are JSON at heart.
const load = createRequire(join(process.cwd(), 'package.json'));
const schemas: Record<string, AnySchemaObject> = load('har-schema');
const draft06: AnySchemaObject = load('ajv/dist/refs/json-schema-draft-06.json');

const ajv = new Ajv({ allErrors: true, strict: false });
ajv.addMetaSchema(draft06);
// By the letter of RFC 3986: no `|` or `{` in a URL, though clients send them.
addFormats(ajv, { mode: 'full' });
for (const schema of Object.values(schemas)) ajv.addSchema(corrected(schema));

/**
 * What is wrong with a HAR (`{ log }`) by the JSON schemas of HAR 1.2: one line a fault, none if
 * valid.
 */
export function validateHarLog(har: unknown): string[] {
  const validate = ajv.getSchema('har.json');
  if (validate === undefined) throw new Error('har-schema has no har.json');
  if (validate(har)) return [];
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}

/** The same for one entry. */
export function validateHarEntry(entry: unknown): string[] {
  const creator = { name: 't', version: '1' };
  return validateHarLog({ log: { version: '1.2', creator, entries: [entry] } });
}

/**
 * har-schema 2 writes `min` for `minimum`, and describes a parameter as if it were the array of
 * them.
 */
function corrected(schema: AnySchemaObject): AnySchemaObject {
  const copy = JSON.parse(
    JSON.stringify(schema).replaceAll('"min":', '"minimum":'),
  ) as AnySchemaObject;
  const params = copy.properties?.params;
  if (params) {
    const { required, properties } = params;
    copy.properties.params = { type: 'array', items: { type: 'object', required, properties } };
  }
  return copy;
}
