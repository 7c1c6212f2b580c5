import { CREDENTIAL_ENDINGS, CREDENTIAL_PARAMETERS, NOT_CREDENTIALS } from './credential-endings';
import { CREDENTIAL_NAMES } from './credential-names';
import { SpelledNames } from './spelled-names';

/** The entry of a denylist that stands for {@link CREDENTIAL_NAMES}, at any depth. */
export const CREDENTIALS_ENTRY = '@credentials';

/** What `@credentials` names, wherever it stands. */
export const CREDENTIALS = new SpelledNames({
  names: CREDENTIAL_NAMES,
  endings: CREDENTIAL_ENDINGS,
  exceptions: NOT_CREDENTIALS,
});

/** What it names in header fields, query, forms and uploads, too. */
export const PARAMETERS = new SpelledNames({
  names: CREDENTIAL_PARAMETERS,
  endings: [],
  exceptions: [],
});
