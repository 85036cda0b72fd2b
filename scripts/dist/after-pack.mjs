/** electron-builder's hook between packing and signing: sets the fuses, and takes out what only development needs. */
import { FuseV1Options as Fuse, FuseVersion, getCurrentFuseWire } from '@electron/fuses';
import { rmSync } from 'node:fs';
import { join } from 'node:path';

/** What the packed Electron can no longer be talked into; a fuse that is not named stays as it came. */
const FUSES = {
  [Fuse.RunAsNode]: false,
  // No cookies are kept, so the system's keychain need not be asked for a key.
  [Fuse.EnableCookieEncryption]: false,
  [Fuse.EnableNodeOptionsEnvironmentVariable]: false,
  [Fuse.EnableNodeCliInspectArguments]: false,
  [Fuse.EnableEmbeddedAsarIntegrityValidation]: true,
  [Fuse.OnlyLoadAppFromAsar]: true,
  [Fuse.LoadBrowserProcessSpecificV8Snapshot]: false,
  // From Electron 29. The window's files come through app://, never file://.
  [Fuse.GrantFileProtocolExtraPrivileges]: false
};

const executableOf = ({ appOutDir, packager, electronPlatformName }) =>
  join(appOutDir, { linux: packager.executableName, darwin: `${packager.appInfo.productFilename}.app`, win32: `${packager.appInfo.productFilename}.exe` }[electronPlatformName]);

export default async function afterPack(context) {
  // The stand-in for Electron's default app that a development Electron carries (resources/launcher).
  if (context.electronPlatformName === 'linux') for (const name of ['default_app.asar', 'launcher.sha256']) rmSync(join(context.appOutDir, 'resources', name), { force: true });

  // An older Electron has fewer fuses, and refuses to be asked for more.
  const wire = await getCurrentFuseWire(executableOf(context));
  const known = Object.fromEntries(Object.entries(FUSES).filter(([fuse]) => wire[fuse] !== undefined));
  await context.packager.addElectronFuses(context, { version: FuseVersion.V1, resetAdHocDarwinSignature: context.electronPlatformName === 'darwin', ...known });
}
