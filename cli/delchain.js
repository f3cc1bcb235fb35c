#!/usr/bin/env node
// `npx delchain` from any Node: the launcher finds Node 26 and runs the command line under it.
import { launch } from "../start.js";

process.exitCode = await launch("delchain", process.argv.slice(2));
