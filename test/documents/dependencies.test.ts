// What is installed with the package, contained in it, and used to make it.

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const read = (file: string) => readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8');

interface LockedPackage {
  version: string;
  integrity?: string;
  license?: string;
  dev?: boolean;
  hasInstallScript?: boolean;
}

const manifest = JSON.parse(read('package.json')) as Record<string, Record<string, string> | undefined>;
const { packages } = JSON.parse(read('package-lock.json')) as { packages: Record<string, LockedPackage> };
const locked = Object.entries(packages).filter(([path]) => path !== '');
const installed = locked.filter(([, { dev }]) => !dev);

/** Each lets everybody use, change and pass on what it covers, also within what is under another licence. */
const ALLOWED = ['MIT', 'ISC', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', '0BSD', 'PSF-2.0', 'Unlicense'];

describe('the dependencies', () => {
  it.each(Object.keys({ ...manifest['dependencies'], ...manifest['devDependencies'] }))(
    '%s has its reason in docs/dependencies.md',
    (name) => {
      expect(read('docs/dependencies.md')).toContain(`\`${name}\``);
    },
  );

  it('are locked, each with its hash', () => {
    expect(locked.length).toBeGreaterThan(50);
    expect(locked.filter(([, { integrity }]) => !integrity?.startsWith('sha512-')).map(([path]) => path)).toEqual([]);
  });

  it('that are installed with the package run no script for that, nor does the package', () => {
    expect(installed.length).toBeGreaterThan(3);
    expect(installed.filter(([, { hasInstallScript }]) => hasInstallScript)).toEqual([]);
    expect(
      Object.keys(manifest['scripts'] ?? {}).filter((name) => /^(pre|post)?install$|^prepare$/.test(name)),
    ).toEqual([]);
  });

  it('that are installed with the package have licences that allow it', () => {
    expect(installed.filter(([, { license = '' }]) => !ALLOWED.includes(license))).toEqual([]);
  });

  it('that the program contains have licences that allow it', () => {
    const names = [...read('dist/LICENCES').matchAll(/^-{80}\n(\S+) \S+ \((.+)\)$/gm)];
    expect(names.length).toBeGreaterThan(10);
    expect(names.filter(([, , licence = '']) => !ALLOWED.includes(licence)).map(([, name]) => name)).toEqual([]);
  });
});
