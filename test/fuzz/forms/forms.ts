import type { Arbitrary } from 'fast-check';
import { events, mediaTypes, uploads } from './bodies';
import { keyInCharsets, keyInFields, namesInCharsets, namesInFields } from './charsets';
import { keyInNames, requestCookies, setCookies } from './cookies';
import type { FormCase } from './form-case';
import { nestedUrls, userinfo } from './urls';

/** Forms in which something has left that must not, each with a generator of its siblings. */
export const FORMS: Readonly<Record<string, Arbitrary<FormCase>>> = {
  "the caller's key in bodies of any charset": keyInCharsets,
  "the caller's key in header fields and URLs of any charset": keyInFields,
  "the caller's key in names": keyInNames,
  'denied names in bodies of any charset': namesInCharsets,
  'denied names in queries of any charset': namesInFields,
  'denied names in URLs within URLs': nestedUrls,
  'passwords in URLs': userinfo,
  'cookies that are set': setCookies,
  'cookies of requests': requestCookies,
  'denied fields under media types with faults': mediaTypes,
  'denied names in server-sent events': events,
  'names of uploads': uploads,
};
