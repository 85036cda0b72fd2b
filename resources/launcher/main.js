/**
 * Stands in for Electron's default app in a development Electron that came without one: loads the application named on the command line.
 * Like the original it honours `-r FILE`, with which Playwright brings its loader.
 */
'use strict';
const { app, dialog } = require('electron');
const Module = require('module');
const path = require('path');

function readArguments(args) {
  const modules = [];
  for (let i = 0; i < args.length; i++) {
    if (args[i] === '-r' || args[i] === '--require') modules.push(args[++i]);
    else if (!args[i].startsWith('-')) return { modules, application: args[i] };
  }
  return { modules, application: '.' };
}

function load(application) {
  process.defaultApp = true;
  const folder = path.resolve(application);
  const { name, productName, version } = require(path.join(folder, 'package.json'));
  app.setName(productName || name);
  app.setVersion(version);
  app.setAppPath(folder);
  Module._load(Module._resolveFilename(folder, null, true), Module, true);
}

const { modules, application } = readArguments(process.argv.slice(1));
try {
  Module._preloadModules(modules.map((file) => path.resolve(file)));
  load(application);
} catch (error) {
  console.error(error);
  if (!process.env.TSUGIKI_USER_DATA) dialog.showErrorBox('Tsugiki could not start', `${error.message}\n\n${path.resolve(application)}`);
  app.exit(1);
}
