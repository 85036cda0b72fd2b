/** A browser and nothing else: opens the file it is given, refuses what is not of this machine, and takes a made-up camera for one. */
const { app, BrowserWindow, session } = require('electron');

// WebGL by SwiftShader, on the processor: the same on every machine, with a graphics card or without.
app.commandLine.appendSwitch('use-gl', 'angle');
app.commandLine.appendSwitch('use-angle', 'swiftshader');
app.commandLine.appendSwitch('use-fake-device-for-media-stream');
app.commandLine.appendSwitch('use-fake-ui-for-media-stream');
app.whenReady().then(() => {
  session.defaultSession.webRequest.onBeforeRequest((details, answer) => answer({ cancel: /^(https?|wss?):/.test(details.url) }));
  void new BrowserWindow({ width: 1024, height: 768, webPreferences: { sandbox: true, contextIsolation: true } }).loadFile(process.argv[process.argv.length - 1]);
});
app.on('window-all-closed', () => app.quit());
