// Certificates made on the fly by a certificate authority of the test's own.

import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Paths of a certificate and its key, both PEM. */
export interface TestCertificate {
  cert: string;
  key: string;
}

const EC_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

/** A self-signed authority; its files go to `directory`. */
export function createAuthority(directory: string, name: string): TestCertificate {
  const files = paths(directory, name);
  const subject = ['-subj', `/CN=${name}`, '-addext', 'keyUsage=critical,keyCertSign'];
  openssl('req', '-x509', ...EC_KEY, ...subject, '-days', '2', '-keyout', files.key, '-out', files.cert);
  return files;
}

/**
 * A certificate by an authority.
 *
 * @param names as openssl's subjectAltName has them, such as `IP:127.0.0.1,DNS:localhost`
 * @param days how long it is valid
 */
export function issueCertificate(
  directory: string,
  authority: TestCertificate,
  name: string,
  names: string,
  days = 2,
): TestCertificate {
  const files = paths(directory, name);
  const [request, extensions] = [join(directory, `${name}.csr`), join(directory, `${name}.ext`)];
  writeFileSync(extensions, `subjectAltName=${names}\nextendedKeyUsage=serverAuth,clientAuth\n`);
  openssl('req', ...EC_KEY, '-subj', `/CN=${name}`, '-keyout', files.key, '-out', request);
  const signing = ['-CA', authority.cert, '-CAkey', authority.key, '-CAcreateserial', '-extfile', extensions];
  openssl('x509', '-req', '-in', request, ...signing, '-days', `${days}`, '-out', files.cert);
  return files;
}

function paths(directory: string, name: string): TestCertificate {
  return { cert: join(directory, `${name}.pem`), key: join(directory, `${name}.key`) };
}

function openssl(...args: string[]): void {
  execFileSync('openssl', args, { stdio: ['ignore', 'ignore', 'pipe'] });
}
