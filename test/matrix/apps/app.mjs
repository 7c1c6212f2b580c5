import { createServer } from 'node:http';
import { handle, run } from './application.cjs';

run(createServer(handle));
