/** Runs inside Electron: draws the SVG at each size and prints the PNGs as JSON. */
const { app, BrowserWindow } = require('electron');
const { readFileSync, writeFileSync } = require('node:fs');

const [source, target, ...sizes] = process.argv.slice(-Number(process.env.ICON_ARGUMENTS));

const draw = async (address, wanted) => {
  const image = new Image();
  image.src = address;
  await image.decode();
  return wanted.map((size) => {
    const canvas = Object.assign(document.createElement('canvas'), { width: size, height: size });
    canvas.getContext('2d').drawImage(image, 0, 0, size, size);
    return canvas.toDataURL('image/png').split(',')[1];
  });
};

app.disableHardwareAcceleration();
app.whenReady().then(async () => {
  const window = new BrowserWindow({ show: false, webPreferences: { sandbox: true } });
  await window.loadURL('data:text/html,<canvas></canvas>');
  const address = `data:image/svg+xml;base64,${readFileSync(source).toString('base64')}`;
  writeFileSync(target, JSON.stringify(await window.webContents.executeJavaScript(`(${draw})(${JSON.stringify(address)}, ${JSON.stringify(sizes.map(Number))})`)));
  app.exit(0);
});
